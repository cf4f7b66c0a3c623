package io.kvstore.cli;

import io.kvstore.KVCursor;
import io.kvstore.KVStore;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvstore scan}. */
@Command(
        name = "scan",
        description = {
            "Lists the entries of a bucket. Changes nothing.",
            "One a line: key, tab, value, in no order. What is not one line of text is shown as 0x "
                    + "and hexadecimal digits; --json and dump are exact."
        })
final class ScanCommand extends StoreCommand {
    @Mixin
    EntryOptions options = new EntryOptions();

    @Option(names = "--prefix", paramLabel = "KEY", description = "Only keys that begin so, written as --keys says.")
    @Nullable
    String prefix;

    @Option(names = "--limit", paramLabel = "N", description = "So many entries at most.")
    long limit = Long.MAX_VALUE;

    @Option(names = "--keys-only", description = "Leave the values out.")
    boolean keysOnly;

    @Override
    public Integer call() {
        if (limit < 0) {
            throw wrongUsage("--limit must not be negative");
        }
        if (json && keysOnly) {
            throw wrongUsage("give either --json or --keys-only");
        }
        byte[] start = prefix == null ? new byte[0] : argument("--prefix", options.keysOrText(), prefix);
        EntryWriter writer = json ? JsonLines.writer(console(), options.keys, options.values) : this::print;
        try (KVStore store = openToRead();
                KVCursor cursor = existing(store, options.bucketName()).scan()) {
            for (long shown = 0; shown < limit && cursor.next(); ) {
                byte[] key = cursor.key();
                if (key.length >= start.length && Arrays.equals(key, 0, start.length, start, 0, start.length)) {
                    write(writer, key, cursor.value());
                    shown++;
                }
            }
        }
        return ExitCode.FINE;
    }

    private void write(EntryWriter writer, byte[] key, byte[] value) {
        try {
            writer.write(options.bucketName(), key, value);
        } catch (BadRecordException e) {
            throw new CliException(
                    ExitCode.STORE,
                    "key or value of " + BytesFormat.shown(key) + " is " + e.getMessage() + "; try another format");
        }
    }

    private void print(String bucket, byte[] key, byte[] value) throws BadRecordException {
        String shownKey = options.keys == null ? BytesFormat.shown(key) : options.keys.format(key);
        if (keysOnly) {
            console().line(shownKey);
        } else {
            console()
                    .line(shownKey + "\t"
                            + (options.values == null ? BytesFormat.shown(value) : options.values.format(value)));
        }
    }
}
