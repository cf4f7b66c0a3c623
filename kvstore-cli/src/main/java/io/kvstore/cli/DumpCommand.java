package io.kvstore.cli;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvstore dump}. */
@Command(
        name = "dump",
        description = {
            "Writes entries so that load reads them.",
            "All of them, or those of a bucket, go to a file or to standard output. How long an entry "
                    + "has to live is not in a dump; a backup keeps it. Changes nothing in the store."
        })
final class DumpCommand extends StoreCommand {
    /** As many links as Linux follows. */
    private static final int LINKS_MAX = 40;

    @Mixin
    EntryOptions options = new EntryOptions();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where to write; without it, or with -, standard output.")
    @Nullable
    Path file;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "KIND",
            description = "jsonl, csv or tsv. Without it by the name of FILE, else jsonl.")
    @Nullable
    FileFormat format;

    @Override
    public Integer call() throws IOException {
        if (file == null || file.toString().equals("-")) {
            dump(console(), "", () -> false);
            return ExitCode.FINE;
        }
        boolean asItIs = Files.exists(file) && !Files.isRegularFile(file);
        Path target = asItIs ? file : targetOf(file);
        requirePlace(target);
        long entries = asItIs ? write(target, () -> false) : replace(target);
        if (json) {
            console().json(CborJson.JSON.createObjectNode().put("entries", entries));
        } else {
            console().note("Wrote " + Human.count(entries, "entry", "entries") + " to " + file);
        }
        return ExitCode.FINE;
    }

    /** Writes a file, under its own name only when it is complete. */
    private long replace(Path replaced) throws IOException {
        Path part = replaced.resolveSibling(replaced.getFileName() + ".part");
        try (StopSignal stop = new StopSignal()) {
            try {
                long entries = write(part, stop::isRequested);
                Files.move(part, replaced, StandardCopyOption.REPLACE_EXISTING);
                return entries;
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(part);
                throw e;
            }
        }
    }

    /** What is to be written: what a link leads to, not the link, also where no file is yet. */
    private static Path targetOf(Path name) throws IOException {
        if (Files.exists(name)) {
            return name.toRealPath();
        }
        Path target = name;
        for (int i = 0; Files.isSymbolicLink(target); i++) {
            if (i == LINKS_MAX) {
                throw new FileSystemException(name.toString(), null, "is a link that leads to no file");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    /** Writes to a file, a pipe or a device as it is. */
    private long write(Path to, BooleanSupplier stop) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(
                to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE))) {
            Console target = new Console(console().in(), out, OutputStream.nullOutputStream(), Terminal.NONE);
            long entries = dump(target, String.valueOf(file), stop);
            target.flush();
            return entries;
        }
    }

    private long dump(Console target, String fileName, BooleanSupplier stop) {
        try (KVStore store = openToRead();
                Progress progress = new Progress(console(), "entries")) {
            List<String> buckets = new ArrayList<>();
            if (options.bucket != null) {
                existing(store, options.bucket);
                buckets.add(options.bucket);
            } else {
                buckets.add("");
                buckets.addAll(store.bucketNames());
            }
            long all = buckets.stream()
                    .mapToLong(name -> bucket(store, name).size())
                    .sum();
            EntryWriter writer = writer(target, FileFormat.of(format, fileName));
            long written = 0;
            for (String name : buckets) {
                KVBucket bucket = bucket(store, name);
                try (KVCursor cursor = bucket.scan()) {
                    while (cursor.next()) {
                        if (stop.getAsBoolean()) {
                            throw new CliException(ExitCode.INTERRUPTED, "");
                        }
                        write(writer, options.bucket == null ? name : "", cursor);
                        progress.at(++written, (double) written / Math.max(all, 1));
                    }
                }
            }
            return written;
        }
    }

    private EntryWriter writer(Console target, FileFormat chosen) {
        return chosen == FileFormat.JSONL
                ? JsonLines.writer(target, options.keys, options.values)
                : Csv.writer(
                        target,
                        chosen.separator(),
                        options.bucket == null,
                        options.keysOrText(),
                        options.valuesOrText());
    }

    private static void write(EntryWriter writer, String bucket, KVCursor cursor) {
        byte[] key = cursor.key();
        try {
            writer.write(bucket, key, cursor.value());
        } catch (BadRecordException e) {
            throw new CliException(
                    ExitCode.STORE,
                    "key or value of " + BytesFormat.shown(key) + " is " + e.getMessage()
                            + "; choose another format by --keys and --values, such as base64");
        }
    }
}
