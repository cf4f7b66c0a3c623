package io.kvstore.internal.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time by which records expire: the wall clock, but never earlier than it was before in this open store. Whatever
 * was seen as expired stays so; while a clock that was set back catches up, time stands still. Thread-safe: raised by a
 * compare-and-set alone (harness {@code Clocks}).
 */
public final class ExpiryClock {
    private final LongSupplier wallClock;
    private final AtomicLong latest = new AtomicLong();

    /**
     * A clock on top of another.
     *
     * @param wallClock tells milliseconds since 1970 UTC
     */
    public ExpiryClock(LongSupplier wallClock) {
        this.wallClock = wallClock;
        latest.set(wallClock.getAsLong());
    }

    /**
     * The time.
     *
     * @return milliseconds since 1970 UTC
     */
    public long nowMillis() {
        long now = wallClock.getAsLong();
        long last = latest.get();
        // Once a millisecond one thread writes; the others only read.
        while (now > last) {
            if (latest.compareAndSet(last, now)) {
                return now;
            }
            last = latest.get();
        }
        return last;
    }
}
