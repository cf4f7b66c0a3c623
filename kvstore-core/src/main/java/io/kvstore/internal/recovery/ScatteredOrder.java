package io.kvstore.internal.recovery;

/**
 * The numbers from 0 to 2^bits - 1 in an order in which each stretch is spread evenly over all of them: the multiples
 * of the golden section, as in Fibonacci hashing (Knuth, "The Art of Computer Programming", volume 3, 6.4).
 *
 * <p>Ranges of hashes must not go into a table in their own order: as long as only the smaller hashes are there, they
 * crowd the front of the table, whatever its load on the whole, and each probe runs through the crowd.
 */
final class ScatteredOrder {
    private static final int GOLDEN_SECTION = 0x9E3779B9;

    private ScatteredOrder() {}

    /** The i-th of them. */
    static int get(int bits, int i) {
        return bits == 0 ? 0 : (i * (GOLDEN_SECTION >>> (32 - bits) | 1)) & ((1 << bits) - 1);
    }
}
