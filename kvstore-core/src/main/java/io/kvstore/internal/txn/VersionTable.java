package io.kvstore.internal.txn;

import io.kvstore.internal.index.KeyHash.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Tells transactions whether keys may have changed: the number of the last write to each of some 65,000 stripes of keys
 * since a transaction is open. While none is, writers pay one read of a field that is their own, and there is no table.
 * The idea is that of the versioned locks of TL2 (Dice, Shalev, Shavit, 2006); a stripe is a filter here, and the
 * sequence number in the record itself the truth.
 *
 * <p>{@link #opened}, {@link #closed}, {@link #isWatched}, {@link #mark} and {@link #markDrop} are called with the
 * log's lock held, {@link #last} and {@link #lastDrop} by any thread.
 *
 * <p><b>Order.</b> A writer marks the stripe before it changes the index, whose slots are written by a release: a
 * reader that has seen the change, through the acquire of the slot, sees the mark. A reader that has seen what was
 * before may miss the mark, and is right. Shown by the harnesses {@code VersionMarks} and
 * {@code StoreTransaction.ReadsOfOneMoment}.
 */
public final class VersionTable {
    private static final VarHandle STRIPE = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STRIPES = 1 << 16;

    /** Open transactions. */
    private int open;

    /** Made for the first transaction, and kept. */
    private volatile long @Nullable [] stripes;

    private volatile long lastDrop;

    /** A transaction was begun: from here on writes are marked. */
    public void opened() {
        if (stripes == null) {
            stripes = new long[STRIPES];
        }
        open++;
    }

    /** A transaction has ended. */
    public void closed() {
        open--;
    }

    /**
     * Whether writes are to be marked.
     *
     * @return true while a transaction is open
     */
    public boolean isWatched() {
        return open > 0;
    }

    /**
     * Marks a write, before the index is changed.
     *
     * @param bucket id
     * @param key its hash
     * @param sequence number of the record
     */
    public void mark(int bucket, Hash key, long sequence) {
        long[] table = stripes;
        if (table != null) {
            STRIPE.setRelease(table, stripe(bucket, key), sequence);
        }
    }

    /**
     * Marks the drop of a bucket, before it is out of the catalog (harness {@code StoreTransaction.AgainstDrop}).
     *
     * @param sequence number of the record
     */
    public void markDrop(long sequence) {
        lastDrop = sequence;
    }

    /**
     * The number of the last drop of any bucket.
     *
     * @return 0 if there was none since the store was opened
     */
    public long lastDrop() {
        return lastDrop;
    }

    /**
     * The number of the last write to a key, or to one of its stripe, if a transaction was open then.
     *
     * @param bucket id
     * @param key its hash
     * @return a number that is no less than that of the last write to the key since a transaction is open
     */
    public long last(int bucket, Hash key) {
        long[] table = stripes;
        return table == null ? 0 : (long) STRIPE.getAcquire(table, stripe(bucket, key));
    }

    private static int stripe(int bucket, Hash key) {
        return (int) ((key.low() ^ bucket * 0x9E3779B97F4A7C15L) >>> 20) & (STRIPES - 1);
    }
}
