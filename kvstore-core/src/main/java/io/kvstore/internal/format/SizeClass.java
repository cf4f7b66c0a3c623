package io.kvstore.internal.format;

/**
 * Rough record sizes in five bits, so that a location in the index says how much to read at once, and how much garbage
 * an overwrite leaves, without looking at the old record.
 *
 * <p>Records of up to 32, 48, 64, 96, 128, 192 and 256 bytes, and from there in powers of two up to 2 GiB.
 */
public final class SizeClass {
    private static final int SMALLEST_LOG2 = 5;

    /** The last class of the finer steps, that of 256 bytes. */
    private static final int LAST_FINE = 6;

    private static final int LAST_FINE_LOG2 = SMALLEST_LOG2 + LAST_FINE / 2;

    /** The class of the largest records. */
    public static final int LARGEST = of(Integer.MAX_VALUE);

    private SizeClass() {}

    /**
     * The smallest class whose bound is no less than a size.
     *
     * @param size of a record in bytes, 1 to 2 GiB
     * @return 0 to 29
     */
    public static int of(long size) {
        if (size <= 1L << SMALLEST_LOG2) {
            return 0;
        }
        int log2 = 63 - Long.numberOfLeadingZeros(size - 1);
        if (log2 >= LAST_FINE_LOG2) {
            return LAST_FINE + log2 - LAST_FINE_LOG2 + 1;
        }
        boolean upperHalf = size > 3L << (log2 - 1);
        return 2 * (log2 - SMALLEST_LOG2) + (upperHalf ? 2 : 1);
    }

    /**
     * The largest size in a class.
     *
     * @param sizeClass 0 to 29
     * @return bytes
     */
    public static long bound(int sizeClass) {
        if (sizeClass > LAST_FINE) {
            return 1L << (LAST_FINE_LOG2 + sizeClass - LAST_FINE);
        }
        int log2 = SMALLEST_LOG2 + sizeClass / 2;
        return (sizeClass & 1) == 0 ? 1L << log2 : 3L << (log2 - 1);
    }
}
