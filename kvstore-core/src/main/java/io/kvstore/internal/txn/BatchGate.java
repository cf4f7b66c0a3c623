package io.kvstore.internal.txn;

import java.util.concurrent.locks.LockSupport;

/**
 * Keeps readers from seeing a part of a batch: while the index is pointed at the records of one, a reader that meets
 * such a record waits until all of them are in. Nobody else waits, and when no batch is on its way, a reader pays one
 * read of a field that is rarely written.
 *
 * <p><b>Why that is enough.</b> The writer makes {@link #version} odd before it points the index at the first record of
 * the batch, and even after the last. Both are volatile writes, and a slot of the index is written by a release and
 * read by an acquire: a reader that has got a location of the batch sees the version odd, or even again and then the
 * index with the whole batch. So after reading a record it asks {@link #await}, which knows the batch's records by
 * their sequence numbers. A reader that reads no record compares the version from before with that of after its look,
 * as of a sequence lock: the same and even, and no batch has come in between. Shown by the harnesses {@code BatchGates}
 * and {@code StoreBatch}.
 *
 * <p>{@link #begin} and {@link #end} are called with the log's lock held, everything else by any thread.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
public final class BatchGate {
    private static final int SPINS = 100;
    private static final long STEP_NANOS = 10_000;

    /** Odd while a batch is on its way into the index. One writer at a time, under the log's lock. */
    private volatile long version;

    /** Sequence number of its first record; written before {@link #version} becomes odd. */
    private long first;

    /**
     * A batch is about to come into the index.
     *
     * @param firstSequence number of its first record; its records are the newest there are
     */
    public void begin(long firstSequence) {
        first = firstSequence;
        version++;
    }

    /** All of it is in the index. */
    public void end() {
        version++;
    }

    /**
     * The version, to compare with a later one.
     *
     * @return another number after each step
     */
    public long version() {
        return version;
    }

    /**
     * Whether a look into the index may have met a part of a batch.
     *
     * @param before {@link #version} before the look
     * @return false if none was on its way in all that time
     */
    public boolean mayHavePassed(long before) {
        return (before & 1) != 0 || version != before;
    }

    /**
     * Waits for the batch that a record is part of, if that is on its way. An interrupt shortens nothing.
     *
     * @param sequence number of the record
     * @return true if it has waited
     */
    public boolean await(long sequence) {
        long seen = version;
        // If it is the first of a later batch that is read, there is nothing to wait for either: this one is newer.
        if ((seen & 1) == 0 || sequence < first) {
            return false;
        }
        for (int i = 0; version == seen; i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, STEP_NANOS);
            }
        }
        return true;
    }
}
