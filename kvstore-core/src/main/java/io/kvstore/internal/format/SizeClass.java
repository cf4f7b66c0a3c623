package io.kvstore.internal.format;

/**
 * Rough record sizes in five bits, so that a location in the index says how much to read at once, and how much garbage
 * an overwrite leaves, without looking at the old record.
 *
 * <p>Classes go up by turns of 3/2 and 4/3: records of up to 32, 48, 64, 96, 128 ... bytes; the last class has no
 * bound. A record is thus at most half as large again as its class is sure of.
 */
public final class SizeClass {
    /** The class of everything larger than the bounded classes. */
    public static final int UNBOUNDED = 31;

    private static final int SMALLEST_LOG2 = 5;

    private SizeClass() {}

    /**
     * The smallest class whose bound is no less than a size.
     *
     * @param size of a record in bytes
     * @return 0 to {@link #UNBOUNDED}
     */
    public static int of(long size) {
        if (size <= 1L << SMALLEST_LOG2) {
            return 0;
        }
        int log2 = 63 - Long.numberOfLeadingZeros(size - 1);
        boolean upperHalf = size > 3L << (log2 - 1);
        return Math.min(UNBOUNDED, 2 * (log2 - SMALLEST_LOG2) + (upperHalf ? 2 : 1));
    }

    /**
     * The largest size in a class.
     *
     * @param sizeClass 0 to {@link #UNBOUNDED}
     * @return bytes; for {@link #UNBOUNDED} what the next bound would be, which is only a guess
     */
    public static long bound(int sizeClass) {
        int log2 = SMALLEST_LOG2 + sizeClass / 2;
        return (sizeClass & 1) == 0 ? 1L << log2 : 3L << (log2 - 1);
    }
}
