package io.kvstore;

/**
 * A forward cursor over the entries of one bucket, used as a JDBC {@code ResultSet}: call {@link #next()} until it
 * returns false, and close it.
 *
 * <p>Every entry that is present for the whole of the scan comes exactly once. Entries that are written, overwritten or
 * deleted meanwhile may show either state, but never come twice. The order is that of the index: it has no meaning and
 * changes between opens.
 *
 * <p>A cursor belongs to one thread at a time. It holds at most some 480 KB and one record in memory, whatever the size
 * of the bucket, pins no file between two calls, and holds up writers for some tens of microseconds every 20,000
 * entries at most.
 */
public interface KVCursor extends AutoCloseable {
    /**
     * Moves to the next entry. Costs one read of a record.
     *
     * @return true if there is one, false at the end
     * @throws IllegalStateException if the cursor was closed
     * @throws KVClosedException if the store was closed
     * @throws KVCorruptionException if the record is damaged; the next call goes on behind it
     */
    boolean next();

    /**
     * The key of the current entry.
     *
     * @return a new array that the caller may keep
     * @throws IllegalStateException if there is no current entry (before the first {@link #next()}, at the end, and
     *     after an error), or the cursor was closed
     */
    byte[] key();

    /**
     * The value of the current entry.
     *
     * @return a new array that the caller may keep
     * @throws IllegalStateException if there is no current entry (before the first {@link #next()}, at the end, and
     *     after an error), or the cursor was closed
     */
    byte[] value();

    /** Ends the scan. Idempotent. */
    @Override
    void close();
}
