package io.kvstore.demo;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows how far a scan has come: on a terminal in one line that is rewritten in place, elsewhere in a plain line now
 * and then. Counts the time and the bytes as well. For the thread that scans.
 */
final class Progress {
    private static final long REWRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long shownNanos;
    private boolean lineOpen;
    private long files;
    private long hashedBytes;

    /**
     * Starts the clock.
     *
     * @param err where to write
     * @param terminal whether a line can be rewritten there
     * @param nanoClock as {@link System#nanoTime}
     */
    Progress(PrintWriter err, boolean terminal, LongSupplier nanoClock) {
        this.err = err;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        startNanos = nanoClock.getAsLong();
        shownNanos = startNanos;
    }

    /** One more file is done, whether it had to be hashed or not. */
    void fileDone() {
        files++;
        showIfDue();
    }

    /** So many more bytes were read and hashed, maybe in the middle of a file. */
    void hashed(long bytes) {
        hashedBytes += bytes;
        showIfDue();
    }

    long hashedBytes() {
        return hashedBytes;
    }

    long elapsedNanos() {
        return nanoClock.getAsLong() - startNanos;
    }

    /** What was hashed in a second, on average since the start. */
    String rate() {
        return Human.bytes((long) (hashedBytes / Math.max(elapsedNanos() / 1e9, 1e-3))) + "/s";
    }

    /** Takes the line away, so that the terminal is as before. */
    void end() {
        if (lineOpen) {
            err.print(CLEAR_LINE);
            err.flush();
            lineOpen = false;
        }
    }

    private void showIfDue() {
        long now = nanoClock.getAsLong();
        if (now - shownNanos < (terminal ? REWRITE_NANOS : LINE_NANOS)) {
            return;
        }
        shownNanos = now;
        String line = Human.count(files) + " files, " + Human.bytes(hashedBytes) + " hashed, " + rate();
        if (terminal) {
            err.print(CLEAR_LINE + line);
            err.flush();
            lineOpen = true;
        } else {
            err.println(line);
        }
    }
}
