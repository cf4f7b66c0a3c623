package io.kvstore.internal.index;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;

/**
 * Where a record is, packed into the upper 47 bits of a long. The lower 17 bits are the index's own; they are zero in
 * every location that leaves the index.
 *
 * <pre>
 *  63       48 47                22 21        17 16         0
 *  segment slot | offset in 8 bytes | size class | fingerprint
 * </pre>
 *
 * <p>No location is 0, since no record is at the start of a file.
 */
public final class Location {
    /** No location: the key is absent. */
    public static final long NONE = 0;

    /** Bits of a slot of a table that are left to the fingerprint. */
    static final int FREE_BITS = 17;

    private static final int CLASS_BITS = 5;
    private static final int OFFSET_BITS = 26;
    private static final int OFFSET_SHIFT = FREE_BITS + CLASS_BITS;
    private static final int SLOT_SHIFT = OFFSET_SHIFT + OFFSET_BITS;

    private Location() {}

    /**
     * Packs a location.
     *
     * @param slot of the segment, less than 65,536
     * @param offset of the record in bytes, a multiple of 8 less than 512 MiB
     * @param size of the record in bytes
     * @return the location
     */
    public static long of(int slot, int offset, long size) {
        assert slot >>> 16 == 0 : "segment slot " + slot;
        assert offset > 0 && offset % RecordLayout.ALIGNMENT == 0 : "offset " + offset;
        assert offset / RecordLayout.ALIGNMENT < 1 << OFFSET_BITS : "offset " + offset;
        return (long) slot << SLOT_SHIFT
                | (long) (offset / RecordLayout.ALIGNMENT) << OFFSET_SHIFT
                | (long) SizeClass.of(size) << FREE_BITS;
    }

    /**
     * The slot of the segment.
     *
     * @param location packed
     * @return the slot
     */
    public static int slot(long location) {
        return (int) (location >>> SLOT_SHIFT);
    }

    /**
     * The offset of the record in its segment.
     *
     * @param location packed
     * @return bytes from the start of the file
     */
    public static int offset(long location) {
        return ((int) (location >>> OFFSET_SHIFT) & ((1 << OFFSET_BITS) - 1)) * RecordLayout.ALIGNMENT;
    }

    /**
     * The size class of the record.
     *
     * @param location packed
     * @return as {@link SizeClass} tells
     */
    public static int sizeClass(long location) {
        return (int) (location >>> FREE_BITS) & ((1 << CLASS_BITS) - 1);
    }
}
