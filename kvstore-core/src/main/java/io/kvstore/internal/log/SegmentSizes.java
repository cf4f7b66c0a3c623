package io.kvstore.internal.log;

/**
 * How large new segments are: as large as the store is told to make them, but smaller while there is little in the log.
 * A merge works by whole segments, garbage may exceed its bound by some, and room is kept ahead of writers: in a store
 * of a few full-size segments all that would be more than the data (docs/BENCHMARKS.md).
 */
public final class SegmentSizes {
    /** Segments are not made smaller than that by themselves: each costs a few forces of files and directories. */
    static final int LEAST = 8 << 20;

    /** A segment should last so long: to make one durable takes the disk some tens of milliseconds. */
    private static final long LEAST_NANOS = 50_000_000;

    /** So many large writes find room in a segment: else most of what is made ahead would be too small for the next. */
    private static final int LEAST_WRITES = 4;

    /** Into how many segments a log is divided, as long as they are neither too small nor too large. */
    private static final int SEGMENTS = 32;

    /** Sizes are multiples of this, as what is reserved at once. */
    private static final int UNIT = ReservedSpace.CHUNK;

    private final int largest;

    /**
     * The sizes for one store.
     *
     * @param largest bytes, a multiple of 8: the size in a store that is large enough
     */
    public SegmentSizes(int largest) {
        this.largest = largest;
    }

    /**
     * The size for a segment that is made now.
     *
     * @param logBytes bytes of records in all segments
     * @return bytes, a multiple of 8
     */
    public int of(long logBytes) {
        return clamp(logBytes / SEGMENTS);
    }

    /**
     * The size for a segment that writers are to go on in: larger if they are so fast that they would have to wait for
     * the next one to be made.
     *
     * @param logBytes bytes of records in all segments
     * @param writtenBytes since the last segment was begun
     * @param nanos in which they were written, more than 0
     * @param atOnce bytes that were to be written at once, for which a segment should have room several times
     * @return bytes, a multiple of 8
     */
    int forWriters(long logBytes, long writtenBytes, long nanos, long atOnce) {
        long lasting = (long) ((double) writtenBytes * LEAST_NANOS / nanos);
        return clamp(Math.max(Math.max(logBytes / SEGMENTS, lasting), LEAST_WRITES * atOnce));
    }

    private int clamp(long wanted) {
        return (int) Math.min(largest, Math.max(LEAST, wanted / UNIT * UNIT));
    }
}
