package io.kvstore.cli;

import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Runs commands in this process. */
final class Cli {
    private Cli() {}

    /** How a command ended. */
    record Run(int exitCode, String out, String err) {}

    static Run run(Object... args) {
        return withInput("", args);
    }

    static Run withInput(String input, Object... args) {
        return withInput(input.getBytes(StandardCharsets.UTF_8), args);
    }

    static Run withInput(byte[] input, Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        int exitCode = KVStoreCommand.run(new Console(new ByteArrayInputStream(input), out, err, Terminal.NONE), texts);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A store of several small segments, of which some are garbage and some were merged. */
    static KVStore storeWithHistory(Path directory) {
        KVStore store = KVStore.open(
                directory,
                KVOptions.builder().segmentSize(64 << 10).autoMerge(false).build());
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1000; i++) {
                store.put(bytes("key-" + i), new byte[i % 300]);
                store.bucket("<script>alert(1)</script>").put(bytes("k" + i), bytes("v"));
            }
            if (round == 1) {
                store.merge();
            }
        }
        for (int i = 0; i < 300; i++) {
            store.delete(bytes("key-" + i));
        }
        return store;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
