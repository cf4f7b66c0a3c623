package io.kvstore.internal.recovery;

/**
 * The hashes that begin with some bits: the share of one of several threads that load the index.
 *
 * @param bits how many; there are 2^bits ranges
 * @param number 0 to 2^bits - 1: those bits
 */
record HashRange(int bits, int number) {
    /** The smallest hash of the range, as an unsigned number. */
    long first() {
        return bits == 0 ? 0 : (long) number << (64 - bits);
    }

    /** Whether no hash is behind it. */
    boolean isLast() {
        return number + 1 == 1 << bits;
    }

    /** The smallest hash behind the range, unless it is the last, as an unsigned number. */
    long end() {
        return (long) (number + 1) << (64 - bits);
    }

    /** One of 2^more equal parts of the range. */
    HashRange split(int more, int part) {
        return new HashRange(bits + more, (number << more) | part);
    }

    boolean contains(long high) {
        return bits == 0 || high >>> (64 - bits) == number;
    }
}
