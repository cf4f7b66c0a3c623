package io.kvstore.internal.index;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;

/**
 * Where a record is, packed into the upper 48 bits of a long. The lower 16 bits are the index's own; they are zero in
 * every location that leaves the index.
 *
 * <pre>
 *  63       48 47                22 21        17 16      15         0
 *  segment slot | offset in 8 bytes | size class | expires | fingerprint
 * </pre>
 *
 * <p>No location is 0, since no record is at the start of a file.
 */
public final class Location {
    /** No location: the key is absent. */
    public static final long NONE = 0;

    /** Bits of a slot of a table that are left to the fingerprint. */
    static final int FREE_BITS = 16;

    private static final long EXPIRES = 1L << FREE_BITS;

    private static final int CLASS_BITS = 5;
    private static final int OFFSET_BITS = 26;
    private static final int CLASS_SHIFT = FREE_BITS + 1;
    private static final int OFFSET_SHIFT = CLASS_SHIFT + CLASS_BITS;
    private static final int SLOT_SHIFT = OFFSET_SHIFT + OFFSET_BITS;

    private Location() {}

    /**
     * Packs a location.
     *
     * @param slot of the segment, less than 65,536
     * @param offset of the record in bytes, a multiple of 8 less than 512 MiB
     * @param sizeClass of the record
     * @param expires whether the record has an expiry
     * @return the location
     */
    public static long of(int slot, int offset, int sizeClass, boolean expires) {
        assert slot >>> 16 == 0 : "segment slot " + slot;
        assert offset > 0 && offset % RecordLayout.ALIGNMENT == 0 : "offset " + offset;
        assert offset / RecordLayout.ALIGNMENT < 1 << OFFSET_BITS : "offset " + offset;
        return (long) slot << SLOT_SHIFT
                | (long) (offset / RecordLayout.ALIGNMENT) << OFFSET_SHIFT
                | (long) sizeClass << CLASS_SHIFT
                | (expires ? EXPIRES : 0);
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
        return (int) (location >>> CLASS_SHIFT) & ((1 << CLASS_BITS) - 1);
    }

    /**
     * No less than the size of the record.
     *
     * @param location packed
     * @return bytes
     */
    public static long sizeBound(long location) {
        return SizeClass.bound(sizeClass(location));
    }

    /**
     * Whether the record has an expiry: whether the key is present then takes a look at the record.
     *
     * @param location packed
     * @return true if it has one
     */
    public static boolean expires(long location) {
        return (location & EXPIRES) != 0;
    }
}
