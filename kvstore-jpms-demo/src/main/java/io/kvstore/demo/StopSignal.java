package io.kvstore.demo;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a scan to stop, and lets the process wait until it has. With {@link #onShutdown} Ctrl-C does that: the scan
 * finishes the file it is at and closes the store, and only then does the process end.
 *
 * <p>Any thread may ask. Owns its shutdown hook, and takes it away on {@link #close}.
 */
final class StopSignal implements AutoCloseable {
    /** How long the file being read may go on: finishing it saves work, but nobody waits for a terabyte. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long the process waits for the scan at most: a read from a dead network drive may never return. */
    private static final long LONGEST_WAIT_SECONDS = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final LongSupplier nanoClock;
    private @Nullable Thread hook;
    private long requestedNanos;

    /** Published after {@link #requestedNanos}, so whoever sees it true sees the time as well. */
    private volatile boolean requested;

    /** A signal that only {@link #request} gives. */
    StopSignal() {
        this(System::nanoTime);
    }

    StopSignal(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * A signal that the end of the process gives.
     *
     * @param err where to say it if the scan does not stop
     * @return the signal; close it when the scan has finished and the store is closed
     */
    static StopSignal onShutdown(PrintWriter err) {
        StopSignal signal = new StopSignal();
        signal.hook = new Thread(() -> signal.stopAndWait(err), "catalog-stop");
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    private void stopAndWait(PrintWriter err) {
        request();
        try {
            if (!finished.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                err.println("The file being read does not end; leaving it. The store recovers when it is next opened.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void request() {
        requestedNanos = nanoClock.getAsLong();
        requested = true;
    }

    boolean isRequested() {
        return requested;
    }

    /** Whether the file being read should be left as well, since it takes too long. */
    boolean isOverdue() {
        return requested && nanoClock.getAsLong() - requestedNanos > PATIENCE_NANOS;
    }

    @Override
    public void close() {
        finished.countDown();
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException ending) {
                // The process is ending: the hook runs, and waits for nothing but the line above.
            }
        }
    }
}
