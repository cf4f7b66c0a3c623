package io.kvstore.testing;

import java.util.concurrent.TimeUnit;

/**
 * Stops the merge thread of a store in front of its next file operation, wherever that is, so that a test can look at
 * the files, or copy them, as a crash would leave them there.
 */
public final class MergeGate implements FaultyDirectory.Faults {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String threadName;
    private boolean closed;
    private boolean waiting;

    public MergeGate(String storeName) {
        this.threadName = "kvstore-" + storeName + "-merge";
    }

    @Override
    public synchronized void before(FaultyDirectory.Operation operation, String file) {
        if (!Thread.currentThread().getName().equals(threadName)) {
            return;
        }
        while (closed) {
            waiting = true;
            notifyAll();
            await();
        }
        waiting = false;
    }

    /** Runs something while the merge thread is in no file operation. */
    public void whileClosed(Crew.Task task) throws Exception {
        synchronized (this) {
            closed = true;
            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (!waiting && !isParked()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("the merge thread comes to no file operation");
                }
                await();
            }
        }
        try {
            task.run();
        } finally {
            open();
        }
    }

    private synchronized void open() {
        closed = false;
        notifyAll();
    }

    private void await() {
        try {
            wait(1);
        } catch (InterruptedException e) {
            throw new AssertionError("the test was interrupted", e);
        }
    }

    private boolean isParked() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(threadName)) {
                Thread.State state = thread.getState();
                return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
            }
        }
        return true;
    }
}
