package io.kvstore.cli;

import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvstore put}. */
@Command(
        name = "put",
        description = {"Stores a value under a key.", "Replaces the one that is there. On the disk when it returns."})
final class PutCommand extends StoreCommand {
    @Mixin
    EntryOptions options = new EntryOptions();

    @Parameters(index = "1", paramLabel = "KEY", description = "The key, written as --keys says.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    String key;

    @Parameters(index = "2", arity = "0..1", paramLabel = "VALUE", description = "The value, written as --values says.")
    @Nullable
    String value;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Take the value from a file instead, byte by byte; - is standard input.")
    @Nullable
    Path file;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "The key is gone after that time: 500ms, 30s, 5m, 12h, 7d.")
    @Nullable
    Duration timeToLive;

    @Option(names = "--create", description = "Make the store if there is none.")
    boolean create;

    @Override
    public Integer call() throws IOException {
        if ((value == null) == (file == null)) {
            throw wrongUsage("give either VALUE or --file");
        }
        byte[] keyBytes = argument("KEY", options.keysOrText(), key);
        byte[] valueBytes = value != null ? argument("VALUE", options.valuesOrText(), value) : read();
        try (KVStore store = openToWrite(create)) {
            KVBucket bucket = bucket(store, options.bucketName());
            if (timeToLive == null) {
                bucket.put(keyBytes, valueBytes);
            } else {
                bucket.put(keyBytes, valueBytes, timeToLive);
            }
        }
        if (json) {
            console().json(CborJson.JSON.createObjectNode().put("valueBytes", valueBytes.length));
        }
        return ExitCode.FINE;
    }

    private byte[] read() throws IOException {
        if (file == null || file.toString().equals("-")) {
            return console().in().readAllBytes();
        }
        try (InputStream in = read(file)) {
            long size = Files.size(file);
            long most = KVOptions.builder().build().maxValueSize();
            if (size > most) {
                throw new CliException(
                        ExitCode.STORE,
                        file + " has " + Human.bytes(size) + ", and a value at most " + Human.bytes(most)
                                + "; store it in parts");
            }
            return in.readAllBytes();
        }
    }
}
