package io.kvstore.internal.log;

/** How large the next segment is to be, by how fast the last one was filled. Guarded by the log's lock. */
final class FillPace {
    private final SegmentSizes sizes;
    private long begunNanos = System.nanoTime();
    private long writtenBefore;

    FillPace(SegmentSizes sizes) {
        this.sizes = sizes;
    }

    /**
     * Tells that a segment is full.
     *
     * @param logBytes bytes of records in all segments
     * @param written bytes of records that were ever appended
     * @param atOnce bytes that were to be written at once
     * @return the size of the segment behind the one that is begun now
     */
    int next(long logBytes, long written, long atOnce) {
        long now = System.nanoTime();
        int size = sizes.forWriters(logBytes, written - writtenBefore, Math.max(1, now - begunNanos), atOnce);
        begunNanos = now;
        writtenBefore = written;
        return size;
    }
}
