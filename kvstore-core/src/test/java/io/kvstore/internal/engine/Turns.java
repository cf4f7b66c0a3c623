package io.kvstore.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets the threads of one store do file operations one after the other: a background thread only while its caller, and
 * the background threads before it, are parked. So that two runs of a workload do the same operations in the same
 * order, as far as the state of a thread tells whether it has anything to do.
 */
final class Turns {
    private static final String[] ORDER = {"-reserve", "-merge", "-sync"};
    private static final long PAUSE_NANOS = 20_000;
    private static final int QUIET_LOOKS = 4;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Thread caller;
    private final Thread[] group = new Thread[256];

    /** Makes this thread the caller of the store. */
    void start() {
        caller = Thread.currentThread();
    }

    /** A thread of the store is about to do something. */
    void await() {
        int rank = rank(Thread.currentThread());
        if (rank < 0) {
            return;
        }
        while (isRunning(caller) || isBusy(rank)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The caller waits until the background threads have nothing more to do. */
    void settle() {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        for (int quiet = 0; quiet < QUIET_LOOKS; ) {
            LockSupport.parkNanos(PAUSE_NANOS);
            quiet = isBusy(ORDER.length) ? 0 : quiet + 1;
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the threads of the store do not come to rest");
            }
        }
    }

    private synchronized boolean isBusy(int below) {
        int count = Thread.currentThread().getThreadGroup().enumerate(group);
        for (int i = 0; i < count; i++) {
            int rank = rank(group[i]);
            if (rank >= 0 && rank < below && isRunning(group[i])) {
                return true;
            }
        }
        return false;
    }

    private static int rank(Thread thread) {
        String name = thread.getName();
        for (int i = 0; i < ORDER.length; i++) {
            if (name.equals("kvstore-" + Workload.STORE + ORDER[i])) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isRunning(Thread thread) {
        // One that waits for its turn has something to do.
        return switch (thread.getState()) {
            case RUNNABLE, NEW -> true;
            case TIMED_WAITING -> LockSupport.getBlocker(thread) == null && rank(thread) >= 0;
            default -> false;
        };
    }
}
