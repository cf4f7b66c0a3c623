package io.kvstore.typed;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where threads wait for elements of a queue. Queues share a fixed number of these places by the hash of their name, as
 * futexes do in an operating system: a place holds nothing but the threads that wait, so that all handles on a store
 * meet there, whichever they are, and nothing has to be given up when a store is closed. Who is woken for another queue
 * looks once in vain.
 *
 * <p>Nobody misses an element: a thread counts itself in, reads the version, and only then looks into the queue; who
 * adds makes the element visible, and only then reads the count. Both have a full fence between their two steps, so
 * either the first one sees the element, or the second one the thread, and changes the version behind its back. Shown
 * by the harness {@code QueueWaits}.
 */
final class Waiting {
    private static final int PLACES = 64;

    /** A wait ends after that long in any case, to notice that the store was closed. */
    private static final long LONGEST_NANOS = 50_000_000;

    private static final Waiting[] ALL = new Waiting[PLACES];

    static {
        for (int i = 0; i < PLACES; i++) {
            ALL[i] = new Waiting();
        }
    }

    private final AtomicInteger threads = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, for writing. */
    private volatile long version;

    static Waiting on(String bucketName) {
        return ALL[Math.floorMod(bucketName.hashCode(), PLACES)];
    }

    /** Counts the thread in; {@link #leave} must follow. */
    void enter() {
        threads.incrementAndGet();
    }

    void leave() {
        threads.decrementAndGet();
    }

    /** To be read after {@link #enter}, before the look at the queue. */
    long version() {
        return version;
    }

    /** Waits for another version: until then, or for a moment, or for some time, whichever is shortest. */
    void await(long seen, long nanos) throws InterruptedException {
        long left = Math.min(nanos, LONGEST_NANOS);
        lock.lockInterruptibly();
        try {
            while (version == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets all look again, after something was made visible. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void wake() {
        VarHandle.fullFence();
        if (threads.get() > 0) {
            lock.lock();
            try {
                version++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
