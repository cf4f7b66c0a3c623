package io.kvstore.internal.index;

/**
 * One bucket as long as it lives: its id, its name, and the index of its keys. A bucket that is dropped and made again
 * is a new one with a new id.
 *
 * <p>The marks are written under the log's lock. That of a change comes before the change of the index, whose slots are
 * written by a release: who sees a key in a scan, or finds it gone, sees the mark. Shown by
 * {@code StoreTransaction.ScanAgainstPut}; that of a drop by {@code StoreDrop} and {@code Reads.AgainstDrop}.
 */
public final class BucketIndex {
    private final int id;
    private final String name;
    private final Index index;
    private volatile boolean written;
    private volatile boolean dropped;
    private volatile long lastChange;

    BucketIndex(int id, String name, Index index) {
        this.id = id;
        this.name = name;
        this.index = index;
    }

    /**
     * The number that records carry.
     *
     * @return 0 for the default bucket
     */
    public int id() {
        return id;
    }

    /**
     * Its name.
     *
     * @return empty for the default bucket
     */
    public String name() {
        return name;
    }

    /**
     * Where its keys are.
     *
     * @return the index
     */
    public Index index() {
        return index;
    }

    /** Tells that a key was written: the bucket exists from now on. By the writer. */
    public void markWritten() {
        if (!written) {
            written = true;
        }
    }

    /**
     * The number of the last write to this bucket while a transaction was open. Any thread.
     *
     * @return 0 if there was none
     */
    public long lastChange() {
        return lastChange;
    }

    /**
     * Tells of a write while a transaction is open, before the index is changed. By the writer.
     *
     * @param sequence number of the record
     */
    public void markChanged(long sequence) {
        lastChange = sequence;
    }

    /**
     * Whether anybody should hear of this bucket: it was declared in the log, but a crash may have cut off its first
     * key.
     *
     * @return true if it exists
     */
    public boolean exists() {
        return written && !dropped;
    }

    /**
     * Whether it was dropped; its index is garbage then.
     *
     * @return true from the drop on
     */
    public boolean isDropped() {
        return dropped;
    }

    void markDropped() {
        dropped = true;
    }
}
