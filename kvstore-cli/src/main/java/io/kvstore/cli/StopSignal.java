package io.kvstore.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets Ctrl-C end a command at a good moment: it asks the command to stop, and the process ends when the store is
 * closed. Owns a shutdown hook, and takes it away on {@link #close}.
 */
final class StopSignal implements AutoCloseable {
    /** How long the process waits at most: a read from a dead network drive may never return. */
    private static final long LONGEST_WAIT_SECONDS = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "kvstore-stop");

    /** Ends what the command has begun, for one that has not noticed within a second, since it waits for input. */
    private volatile @Nullable Runnable lastResort;

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stopAndWait() {
        asked.countDown();
        try {
            for (int second = 0; second < LONGEST_WAIT_SECONDS && !finished.await(1, TimeUnit.SECONDS); second++) {
                Runnable action = lastResort;
                if (action != null) {
                    action.run();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Says what to do if the command waits for input when it should stop.
     *
     * @param action ends it, on another thread, while the command may still be at work
     */
    void lastResort(Runnable action) {
        lastResort = action;
    }

    boolean isRequested() {
        return asked.getCount() == 0;
    }

    /** Waits until that time has passed, or stopping is asked for. */
    boolean await(long nanos) {
        try {
            return asked.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process is ending: the hook runs, and waits for nothing but the line above.
        }
    }
}
