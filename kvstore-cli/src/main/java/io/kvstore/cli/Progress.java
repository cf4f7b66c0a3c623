package io.kvstore.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows on a terminal, in one line that is rewritten, how far something has come: bar, count, rate and the time left.
 * Elsewhere it shows nothing, so that logs stay short. For one thread.
 */
final class Progress implements AutoCloseable {
    private static final long REWRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int BAR = 24;
    private static final String CLEAR_LINE = "\r\u001B[K";

    /** Around a line that a narrow terminal should cut, and not continue on the next. */
    private static final String NO_WRAP = "\u001B[?7l";

    private static final String WRAP = "\u001B[?7h";

    private final Console console;
    private final String things;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long shownNanos;
    private boolean lineOpen;

    Progress(Console console, String things) {
        this(console, things, System::nanoTime);
    }

    Progress(Console console, String things, LongSupplier nanoClock) {
        this.console = console;
        this.things = things;
        this.nanoClock = nanoClock;
        startNanos = nanoClock.getAsLong();
        shownNanos = startNanos;
    }

    /**
     * Tells how far it has come.
     *
     * @param count things done
     * @param share of the whole, 0 to 1; negative if that is not known
     */
    void at(long count, double share) {
        long now = nanoClock.getAsLong();
        if (!console.terminal().error() || now - shownNanos < REWRITE_NANOS) {
            return;
        }
        shownNanos = now;
        console.err().print(CLEAR_LINE + NO_WRAP + line(count, share, now - startNanos) + WRAP);
        console.err().flush();
        lineOpen = true;
    }

    private String line(long count, double share, long elapsedNanos) {
        String rate = Human.count(count) + " " + things + ", " + rate(count, elapsedNanos);
        if (share < 0) {
            return rate;
        }
        double done = Math.min(share, 1);
        int full = (int) (done * BAR);
        String left = done < 0.001
                ? ""
                : ", " + Human.duration(Duration.ofNanos((long) (elapsedNanos * (1 - done) / done))) + " left";
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + Human.percent(done) + ", " + rate + left;
    }

    /** So many in a second. */
    static String rate(long count, long elapsedNanos) {
        return Human.count((long) (count / Math.max(elapsedNanos / 1e9, 1e-3))) + "/s";
    }

    Duration elapsed() {
        return Duration.ofNanos(nanoClock.getAsLong() - startNanos);
    }

    /** Takes the line away, so that the terminal is as before. */
    void end() {
        if (lineOpen) {
            console.err().print(CLEAR_LINE);
            console.err().flush();
            lineOpen = false;
        }
    }

    @Override
    public void close() {
        end();
    }
}
