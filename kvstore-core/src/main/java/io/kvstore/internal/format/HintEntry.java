package io.kvstore.internal.format;

/**
 * An entry of a hint file as three longs: the last record of one key in a segment.
 *
 * <pre>
 *   0  u64  upper half of the key's hash
 *   8  u64  bits 32 to 63: those of the lower half of the hash; bits 16 to 31: bits 0 to 15 of the lower half;
 *           bits 8 to 15: size class of the record; bit 1: it has an expiry; bit 0: it is a tombstone
 *  16  u32  offset of the record in units of 8 bytes
 *  20  u32  bucket id
 * </pre>
 */
public final class HintEntry {
    /** How many longs an entry takes. */
    public static final int LONGS = 3;

    private static final long TOMBSTONE = 1;
    private static final long EXPIRES = 2;
    private static final int CLASS_SHIFT = 8;
    private static final long CLASS_MASK = 0xFF;
    private static final int LOW_SHIFT = 16;
    private static final long LOW_BITS = 0xFFFF;
    private static final long HIGH_HALF = 0xFFFF_FFFFL << 32;

    private HintEntry() {}

    /**
     * The second long.
     *
     * @param low half of the key's hash
     * @param sizeClass of the record
     * @param tombstone whether the record is one
     * @param expires whether the record has an expiry
     * @return the long
     */
    public static long second(long low, int sizeClass, boolean tombstone, boolean expires) {
        return (low & HIGH_HALF)
                | (low & LOW_BITS) << LOW_SHIFT
                | (long) sizeClass << CLASS_SHIFT
                | (expires ? EXPIRES : 0)
                | (tombstone ? TOMBSTONE : 0);
    }

    /**
     * The third long.
     *
     * @param bucket id
     * @param offset of the record in bytes
     * @return the long
     */
    public static long third(int bucket, int offset) {
        return (long) bucket << 32 | offset / RecordLayout.ALIGNMENT;
    }

    /**
     * What is kept of the lower half of the hash: all that the index compares.
     *
     * @param second long
     * @return the half, bits 16 to 31 zero
     */
    public static long low(long second) {
        return (second & HIGH_HALF) | (second >>> LOW_SHIFT & LOW_BITS);
    }

    /**
     * The size class of the record.
     *
     * @param second long
     * @return as {@link SizeClass} tells
     */
    public static int sizeClass(long second) {
        return (int) (second >>> CLASS_SHIFT & CLASS_MASK);
    }

    /**
     * Whether the record is a tombstone.
     *
     * @param second long
     * @return true if it is
     */
    public static boolean isTombstone(long second) {
        return (second & TOMBSTONE) != 0;
    }

    /**
     * Whether the record has an expiry.
     *
     * @param second long
     * @return true if it has
     */
    public static boolean expires(long second) {
        return (second & EXPIRES) != 0;
    }

    /**
     * The bucket of the key.
     *
     * @param third long
     * @return its id
     */
    public static int bucket(long third) {
        return (int) (third >>> 32);
    }

    /**
     * The offset of the record.
     *
     * @param third long
     * @return bytes from the start of the segment file
     */
    public static int offset(long third) {
        return (int) third * RecordLayout.ALIGNMENT;
    }

    /**
     * Whether an entry could be of a segment: every one that was written is.
     *
     * @param second long
     * @param third long
     * @param end of the segment's records
     * @return false if it names no place for a record, or no size
     */
    public static boolean isOf(long second, long third, int end) {
        long units = third & 0xFFFF_FFFFL;
        return units >= SegmentHeader.SIZE / RecordLayout.ALIGNMENT
                && units < end / RecordLayout.ALIGNMENT
                && units < RecordLayout.OFFSET_LIMIT / RecordLayout.ALIGNMENT
                && sizeClass(second) <= SizeClass.LARGEST;
    }
}
