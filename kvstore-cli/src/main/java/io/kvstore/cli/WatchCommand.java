package io.kvstore.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code kvstore watch}. */
@Command(
        name = "watch",
        description = {
            "Shows how a store grows and is merged, until Ctrl-C.",
            "Looks at its files alone, so it also works while a program has the store open, and "
                    + "disturbs nobody. Keys, garbage and operations are known to that program only "
                    + "(KVStore.stats()). Space is reserved some MiB at a time, so growth comes in steps."
        })
final class WatchCommand extends StoreCommand {
    private static final String HOME_AND_CLEAR = "\u001B[H\u001B[2J";

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "1s",
            description = "Time between two looks. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Duration interval;

    @Option(names = "--count", paramLabel = "N", description = "So many looks, then end. Without it until Ctrl-C.")
    long count = Long.MAX_VALUE;

    @Override
    public Integer call() throws IOException {
        if (count < 1) {
            throw wrongUsage("--count must be 1 or more");
        }
        try (StopSignal stop = new StopSignal()) {
            StoreFiles before = StoreFiles.of(directory);
            long beforeNanos = System.nanoTime();
            show(before, before, 0);
            for (long looks = 1; looks < count; looks++) {
                if (stop.await(interval.toNanos())) {
                    return ExitCode.INTERRUPTED;
                }
                StoreFiles now = StoreFiles.of(directory);
                long nowNanos = System.nanoTime();
                show(now, before, (nowNanos - beforeNanos) / 1e9);
                before = now;
                beforeNanos = nowNanos;
            }
        }
        return ExitCode.FINE;
    }

    private void show(StoreFiles now, StoreFiles before, double seconds) {
        long grown = now.segmentBytes() + now.hintBytes() - before.segmentBytes() - before.hintBytes();
        long rate = seconds == 0 ? 0 : (long) (grown / seconds);
        long made = Math.max(0, now.lastSegment() - before.lastSegment());
        long removed = Math.max(0, before.segments() + made - now.segments());
        if (json) {
            print(now, rate, made, removed);
        } else if (console().terminal().output()) {
            console().out().print(HOME_AND_CLEAR);
            console()
                    .line(console().paint(Console.Colour.HEADING, "Store " + Printable.of(directory.toString())) + "  "
                            + now.state());
            new Table()
                    .row("segments", Human.count(now.segments()))
                    .row("  made since the last look", Human.count(made))
                    .row("  removed", Human.count(removed))
                    .row("on disk", Human.bytes(now.segmentBytes() + now.hintBytes()))
                    .row("  change", signed(rate) + "/s")
                    .row("last merge", lastMerge(now))
                    .print(console());
        } else {
            console()
                    .line(time() + "  " + now.state() + ", " + Human.count(now.segments(), "segment", "segments")
                            + " (+"
                            + made + " -" + removed + "), " + Human.bytes(now.segmentBytes() + now.hintBytes()) + ", "
                            + signed(rate)
                            + "/s");
        }
        console().flush();
    }

    private void print(StoreFiles now, long rate, long made, long removed) {
        ObjectNode node = CborJson.JSON
                .createObjectNode()
                .put("time", time())
                .put("state", now.state())
                .put("segments", now.segments())
                .put("segmentsMade", made)
                .put("segmentsRemoved", removed)
                .put("segmentBytes", now.segmentBytes())
                .put("hintBytes", now.hintBytes())
                .put("bytesPerSecond", rate);
        Instant merged = now.lastMerge();
        console().json(merged == null ? node.putNull("lastMerge") : node.put("lastMerge", merged.toString()));
    }

    private static String lastMerge(StoreFiles now) {
        Instant merged = now.lastMerge();
        return merged == null
                ? "none"
                : Human.duration(Duration.ofSeconds(Math.max(
                                0, Duration.between(merged, Instant.now()).toSeconds())))
                        + " ago";
    }

    private static String time() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String signed(long bytes) {
        return (bytes < 0 ? "-" : "+") + Human.bytes(Math.abs(bytes));
    }
}
