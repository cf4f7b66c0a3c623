package io.kvstore.internal.merge;

import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.LogBalance;
import io.kvstore.internal.log.SegmentSizes;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How fast the merge works, and how fast writers may. The merge begins gently when garbage comes near its bound and
 * takes all it can get at the bound. As the log grows beyond it, writers are slowed: the further beyond, the more,
 * until garbage comes up no faster than it is cleared away. They are never stopped.
 *
 * <p>Belongs to the merge thread, but for {@link #rolled}.
 */
final class MergePace {
    /** A merge that nothing presses reads and writes so much a second. */
    private static final double GENTLE_BYTES_PER_SECOND = 32 << 20;

    /** Writers may always write so much a second, all together. */
    private static final double LEAST_WRITERS_BYTES_PER_SECOND = 1 << 20;

    /** What a merge clears away in a second, as long as none was measured. */
    private static final double ASSUMED_FREED_BYTES_PER_SECOND = 64 << 20;

    /** Garbage may outgrow its bound by so many segments. */
    private static final int SLACK_SEGMENTS = 4;

    /** Of the slack, what may be used up before writers are slowed. */
    private static final double FREE_SLACK = 0.25;

    /** From this share of the bound on the merge gets faster. */
    private static final double PRESSING = 0.9;

    private static final long CHECK_EVERY_BYTES = 256 << 10;

    private final Log log;
    private final double ratio;
    private final SegmentSizes sizes;
    private final double limit;
    private final BooleanSupplier stopped;
    private final boolean auto;

    /** Read by writers for a speed: publishes nothing, and one that is read late does no harm. */
    private volatile double freedPerSecond = ASSUMED_FREED_BYTES_PER_SECOND;

    /** Whether there is a merge for writers to wait for. Publishes nothing either. */
    private volatile boolean merging;

    /**
     * Garbage that the step under way has passed, and which is gone at its end: writers are slowed as if it were gone
     * already, since they would be much too slow at one moment and much too fast at the next. Written by the merge
     * thread, read by writers for a speed: publishes nothing.
     */
    private volatile long passedBytes;

    /**
     * The least that the log has been since it was within its bound, or that bound. Deletes lower the bound while the
     * log hardly grows: those who delete, or come to a store full of garbage, are not slowed for what is there already.
     * Guarded by this.
     */
    private double least = Double.POSITIVE_INFINITY;

    private boolean hurried;
    private long unchecked;
    private long passed;
    private long paidAt;
    private long pausedNanos;

    /**
     * The pace of one store.
     *
     * @param log whose writers are slowed
     * @param ratio of garbage to all that the merge keeps to
     * @param sizes of segments
     * @param limit bytes a second that a merge may read and write; 0 for what garbage demands
     * @param auto whether merges start by themselves
     * @param stopped whether to wait no longer
     */
    MergePace(Log log, double ratio, SegmentSizes sizes, long limit, boolean auto, BooleanSupplier stopped) {
        this.log = log;
        this.ratio = ratio;
        this.sizes = sizes;
        this.limit = limit;
        this.auto = auto;
        this.stopped = stopped;
    }

    /** A step begins. */
    void begin(boolean someoneWaits) {
        merging = true;
        hurried = someoneWaits;
        paidAt = System.nanoTime();
        unchecked = 0;
        pausedNanos = 0;
        passed = 0;
        passedBytes = 0;
    }

    /** The merge has read and copied some bytes; waits for as long as that should have taken. */
    void spend(long readBytes, long copiedBytes) {
        unchecked += readBytes + copiedBytes;
        passed += readBytes - copiedBytes;
        if (unchecked >= CHECK_EVERY_BYTES) {
            long spent = unchecked;
            unchecked = 0;
            passedBytes = passed;
            LogBalance balance = log.balance();
            slowWriters(balance);
            pause(spent, rate(balance));
        }
    }

    private double rate(LogBalance balance) {
        double auto = Double.POSITIVE_INFINITY;
        double bound = ratio * balance.logBytes();
        if (!hurried && balance.garbageBytes() < bound) {
            double pressed = Math.max(0, balance.garbageBytes() / bound - PRESSING) / (1 - PRESSING);
            // From gentle to all there is.
            auto = GENTLE_BYTES_PER_SECOND / Math.max(1e-9, 1 - pressed);
        }
        return limit > 0 ? Math.min(limit, auto) : auto;
    }

    private void pause(long bytes, double bytesPerSecond) {
        if (Double.isInfinite(bytesPerSecond)) {
            return;
        }
        long now = System.nanoTime();
        paidAt = (paidAt - now > 0 ? paidAt : now) + (long) (1e9 * bytes / bytesPerSecond);
        for (long left = paidAt - now; left > 0 && !stopped.getAsBoolean(); left = paidAt - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
        pausedNanos += Math.max(0, System.nanoTime() - now);
    }

    /**
     * A writer has filled a segment; with the log's lock held. If merges start by themselves, the merge thread has been
     * woken, but may be long in coming where processors are few: so writers are slowed before it does.
     */
    void rolled() {
        if (merging || auto) {
            slowWriters(log.balance());
        }
    }

    /** Sets what writers may write, by how far the log is beyond its bound. */
    private synchronized void slowWriters(LogBalance balance) {
        double bound = ratio >= 1 ? Double.POSITIVE_INFINITY : balance.liveBytes() / (1 - ratio);
        long bytes = balance.logBytes();
        least = bytes <= bound ? bound : Math.min(least, (double) bytes);
        double slack = (double) SLACK_SEGMENTS * sizes.of(bytes);
        double beyond = (bytes - passedBytes - Math.max(bound, least)) / slack;
        if (beyond <= FREE_SLACK) {
            log.limitWriters(Double.POSITIVE_INFINITY);
            return;
        }
        // At the free slack twice what the merge clears away, at the whole slack half of that, and soon next to
        // nothing.
        double share =
                beyond <= 1 ? 2 - 1.5 * (beyond - FREE_SLACK) / (1 - FREE_SLACK) : Math.pow(2, -4 * (beyond - 1) - 1);
        log.limitWriters(Math.max(LEAST_WRITERS_BYTES_PER_SECOND, share * freedPerSecond));
    }

    /** A step has ended, and given some bytes back. */
    void end(long freedBytes, long nanos) {
        double seconds = Math.max(1e-6, (nanos - pausedNanos) / 1e9);
        passedBytes = 0;
        freedPerSecond = 0.7 * freedPerSecond + 0.3 * Math.max(0, freedBytes) / seconds;
        slowWriters(log.balance());
    }

    /** Nothing is merged for now: writers go at their own pace. */
    void idle() {
        merging = false;
        passedBytes = 0;
        log.limitWriters(Double.POSITIVE_INFINITY);
    }
}
