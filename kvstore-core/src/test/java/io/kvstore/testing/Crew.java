package io.kvstore.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Threads of one test. The first failure of any of them fails the test; one that hangs fails it with the place where it
 * hangs.
 */
public final class Crew implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final long deadlineNanos;

    public Crew() {
        this(DEADLINE_NANOS);
    }

    /** One whose threads may take longer to end. */
    public Crew(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    /** What a thread does. */
    public interface Task {
        void run() throws Exception;
    }

    public Thread start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** For loops of threads: whether there is any point in going on. */
    public boolean hasFailed() {
        return failure.get() != null;
    }

    /** Waits for all threads, and fails if one of them has failed or does not end. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + deadlineNanos;
        // By number: one of them may start another meanwhile.
        for (int i = 0; i < threads.size(); i++) {
            Thread thread = threads.get(i);
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            try {
                thread.join(Math.max(1, millis));
            } catch (InterruptedException e) {
                throw new AssertionError("the test was interrupted", e);
            }
            if (thread.isAlive() && !hasFailed()) {
                AssertionError hang = new AssertionError("thread " + thread.getName() + " does not end");
                hang.setStackTrace(thread.getStackTrace());
                failure.compareAndSet(null, hang);
            }
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new AssertionError("a thread of the test failed: " + cause, cause);
        }
    }

    /** Waits, by looking again and again, until something has happened that does not tell of itself. */
    public static void awaitUntil(String what, BooleanSupplier happened) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain until " + what);
            }
            Thread.yield();
        }
    }

    /** Waits until a thread is parked, or has ended without. */
    public static void awaitParked(Thread thread) {
        awaitUntil(thread.getName() + " is parked", () -> {
            Thread.State state = thread.getState();
            return state == Thread.State.WAITING
                    || state == Thread.State.TIMED_WAITING
                    || state == Thread.State.TERMINATED;
        });
    }
}
