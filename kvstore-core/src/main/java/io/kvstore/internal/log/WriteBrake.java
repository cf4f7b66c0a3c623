package io.kvstore.internal.log;

import io.kvstore.internal.event.StoreEvents;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Slows writers down while garbage comes up faster than the merge clears it away: all writers together get so many
 * bytes a second, and wait in steps of a millisecond or so, whoever comes when the time for what was written is not
 * over (a leaky bucket). Off, it costs one read a write.
 *
 * <p>{@link #charge} is called with the log's lock held, everything else by any thread.
 */
final class WriteBrake {
    /** Waits shorter than this are saved up: a thread cannot be parked for much less. */
    private static final long LEAST_WAIT_NANOS = 1_000_000;

    private static final long LONGEST_STEP_NANOS = 10_000_000;

    private final StoreEvents events;

    /** Set by the merge; a writer may go by the one before for a record. Publishes nothing. */
    private volatile double nanosPerByte;

    /** While writers are limited, and what they had waited before. Guarded by this. */
    private StoreEvents.@Nullable Slowing slowing;

    private long waitedBefore;
    private double leastBytesPerSecond;

    /** Whether the last write was charged. Guarded by the log's lock. */
    private boolean charging;

    /** The time at which what was written so far is paid for; good while charging. Guarded by the log's lock. */
    private long paidAt;

    /** Guarded by the log's lock. */
    private long waits;

    private final LongAdder waitedNanos = new LongAdder();

    WriteBrake(StoreEvents events) {
        this.events = events;
    }

    synchronized void limit(double bytesPerSecond) {
        if (slowing == null) {
            slowing = events.slowing();
            waitedBefore = waitedNanos();
            leastBytesPerSecond = bytesPerSecond;
        }
        leastBytesPerSecond = Math.min(leastBytesPerSecond, bytesPerSecond);
        nanosPerByte = 1e9 / bytesPerSecond;
    }

    synchronized void release() {
        nanosPerByte = 0;
        if (slowing != null) {
            slowing.end(waitedNanos() - waitedBefore, (long) leastBytesPerSecond);
            slowing = null;
        }
    }

    /** Books what was written; returns how long the writer is to wait once it has given the lock back. */
    long charge(long bytes) {
        double price = nanosPerByte;
        if (price == 0) {
            charging = false;
            return 0;
        }
        long now = System.nanoTime();
        long from = charging && paidAt - now > 0 ? paidAt : now;
        charging = true;
        paidAt = from + (long) (bytes * price);
        long wait = paidAt - now;
        if (wait < LEAST_WAIT_NANOS) {
            return 0;
        }
        waits++;
        return wait;
    }

    /** Waits as {@link #charge} says; an interrupt stays set, and shortens nothing. */
    void await(long nanos) {
        if (nanos == 0) {
            return;
        }
        boolean interrupted = false;
        long start = System.nanoTime();
        long deadline = start + nanos;
        for (long left = nanos; left > 0 && nanosPerByte != 0; left = deadline - System.nanoTime()) {
            // In short steps: nobody is told when the brake is released.
            LockSupport.parkNanos(this, Math.min(left, LONGEST_STEP_NANOS));
            interrupted |= Thread.interrupted();
        }
        waitedNanos.add(System.nanoTime() - start);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    long waits() {
        return waits;
    }

    long waitedNanos() {
        return waitedNanos.sum();
    }
}
