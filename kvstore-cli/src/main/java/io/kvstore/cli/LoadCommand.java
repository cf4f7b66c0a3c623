package io.kvstore.cli;

import io.kvstore.KVBucket;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code kvstore load}. */
@Command(
        name = "load",
        description = {
            "Puts entries from JSON Lines, CSV or TSV into a store.",
            "Reads a file or standard input: JSON Lines such as",
            "  {\"bucket\":\"b\",\"key\":\"k\",\"value\":\"v\"}",
            "or CSV or TSV whose first line names the columns bucket, key, value. keyHex, keyBase64, "
                    + "keyJson, and so for value, tell how bytes are written. What is loaded again replaces "
                    + "what is there, so that a load that was interrupted can be run again."
        })
final class LoadCommand extends StoreCommand {
    private static final int BAD_SHOWN_MAX = 20;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "What to read; without it, or with -, standard input.")
    @Nullable
    Path file;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "KIND",
            description = "jsonl, csv or tsv. Without it by the name of FILE, else jsonl.")
    @Nullable
    FileFormat format;

    @Option(
            names = {"-b", "--bucket"},
            paramLabel = "NAME",
            description = "The bucket for entries that name none.")
    String bucket = "";

    @Option(
            names = "--columns",
            paramLabel = "NAMES",
            split = ",",
            description = "The columns of a CSV or TSV file whose first line does not name them: key,valueHex")
    @Nullable
    List<String> columns;

    @Option(
            names = "--skip-bad",
            description = {
                "Leave bad lines out, show them on standard error (the first 20), and end with exit code 1.",
                "Without it the first bad line ends the load; what was in front of it is in the store."
            })
    boolean skipBad;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "The entries are gone after that time: 500ms, 30s, 5m, 12h, 7d.")
    @Nullable
    Duration timeToLive;

    @Option(names = "--create", description = "Make the store if there is none.")
    boolean create;

    private long entries;
    private long bad;
    private int badShown;
    private boolean stopped;

    @Override
    public Integer call() throws IOException {
        boolean standardInput = file == null || file.toString().equals("-");
        FileFormat chosen = FileFormat.of(format, file == null ? "" : file.toString());
        if (columns != null && chosen == FileFormat.JSONL) {
            throw wrongUsage("--columns is for csv and tsv");
        }
        long size = file == null || standardInput ? -1 : Files.size(file);
        try (InputStream in = file == null || standardInput ? console().in() : read(file);
                StopSignal stop = new StopSignal();
                Progress progress = new Progress(console(), "entries")) {
            try (KVStore store = openToWrite(create)) {
                // Closing waits for the put under way, and is fine from any thread.
                stop.lastResort(store::close);
                load(store, reader(in, chosen), parser(chosen), size, stop, progress);
            }
            progress.end();
            return report(progress.elapsed());
        }
    }

    private static RecordReader reader(InputStream in, FileFormat chosen) {
        return chosen == FileFormat.JSONL ? RecordReader.ofLines(in) : RecordReader.ofQuoted(in, chosen.separator());
    }

    private EntryParser parser(FileFormat chosen) {
        return chosen == FileFormat.JSONL ? JsonLines.parser() : Csv.parser(chosen.separator(), columns);
    }

    private void load(
            KVStore store, RecordReader reader, EntryParser parser, long size, StopSignal stop, Progress progress)
            throws IOException {
        while (reader.next()) {
            if (stop.isRequested()) {
                stopped = true;
                return;
            }
            try {
                Entry entry = parser.parse(reader.record());
                if (entry != null) {
                    put(store, entry);
                    entries++;
                }
            } catch (BadRecordException e) {
                bad(reader, String.valueOf(e.getMessage()), progress);
            }
            progress.at(entries, size <= 0 ? -1 : (double) reader.bytes() / size);
        }
    }

    private void put(KVStore store, Entry entry) throws BadRecordException {
        try {
            KVBucket target = bucket(store, entry.bucket().isEmpty() ? bucket : entry.bucket());
            if (timeToLive == null) {
                target.put(entry.key(), entry.value());
            } else {
                target.put(entry.key(), entry.value(), timeToLive);
            }
        } catch (KVException e) {
            if (isOfTheEntry(e.code())) {
                throw new BadRecordException(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private static boolean isOfTheEntry(KVErrorCode code) {
        return code == KVErrorCode.KEY_TOO_LARGE
                || code == KVErrorCode.VALUE_TOO_LARGE
                || code == KVErrorCode.INVALID_BUCKET_NAME;
    }

    private void bad(RecordReader reader, String message, Progress progress) {
        progress.end();
        String told = "line " + reader.line()
                + (reader.lines() == 1 ? "" : ", up to line " + (reader.line() + reader.lines() - 1)) + ": " + message;
        if (!skipBad) {
            throw new CliException(
                    ExitCode.INPUT_OUTPUT,
                    told + "; " + Human.count(entries, "entry", "entries")
                            + (entries == 1 ? " in front of it was" : " in front of it were")
                            + " stored; --skip-bad leaves bad lines out");
        }
        if (badShown++ < BAD_SHOWN_MAX) {
            console().note("kvstore: " + told);
        }
        bad += reader.lines();
    }

    private int report(Duration elapsed) {
        if (json) {
            ObjectNode node = CborJson.JSON.createObjectNode();
            console()
                    .json(node.put("entries", entries)
                            .put("badLines", bad)
                            .put("interrupted", stopped)
                            .put("millis", elapsed.toMillis()));
            // Here, since a process that was interrupted ends soon.
            console().flush();
        } else {
            console()
                    .note("Stored " + Human.count(entries, "entry", "entries") + " in " + Human.duration(elapsed) + ", "
                            + Progress.rate(entries, elapsed.toNanos())
                            + (bad == 0 ? "" : "; left " + Human.count(bad, "bad line", "bad lines") + " out")
                            + (stopped ? "; interrupted: run it again for the rest" : ""));
        }
        return stopped ? ExitCode.INTERRUPTED : bad > 0 ? ExitCode.INCOMPLETE : ExitCode.FINE;
    }
}
