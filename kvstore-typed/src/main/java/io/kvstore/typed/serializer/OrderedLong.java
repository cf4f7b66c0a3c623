package io.kvstore.typed.serializer;

import java.nio.ByteBuffer;

/**
 * A whole number in 1 to 9 bytes that sort, unsigned, as the numbers do. Small numbers are short.
 *
 * <pre>
 *   0x80 + n            n from 0 to 119
 *   0xF7 + k, k bytes   n from 120 on: its k bytes, 1 to 8, highest first
 *   all bits flipped    negative n: the bytes of -1 - n
 * </pre>
 */
final class OrderedLong {
    private static final int ZERO = 0x80;
    private static final int SHORT_LIMIT = 120;
    private static final int LENGTH_BASE = 0xF7;

    /** The most bytes that a number takes. */
    static final int MAX_SIZE = 1 + Long.BYTES;

    private OrderedLong() {}

    /** Appends a number. */
    static void put(ByteBuffer out, long number) {
        long flip = number >> 63;
        long n = number ^ flip;
        if (n < SHORT_LIMIT) {
            out.put((byte) ((ZERO + n) ^ flip));
            return;
        }
        int length = (Long.SIZE - Long.numberOfLeadingZeros(n) + 7) / 8;
        out.put((byte) ((LENGTH_BASE + length) ^ flip));
        for (int i = length - 1; i >= 0; i--) {
            out.put((byte) ((n >>> (8 * i)) ^ flip));
        }
    }

    /**
     * Takes a number.
     *
     * @throws IllegalArgumentException if the bytes end too early, or {@link #put} would have written others
     */
    static long get(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw new IllegalArgumentException("a number is cut short");
        }
        int head = in.get();
        long flip = head < 0 ? 0 : -1; // a set top bit is a number from 0 on
        int first = (int) ((head ^ flip) & 0xFF);
        if (first <= LENGTH_BASE) {
            return (first - ZERO) ^ flip;
        }
        int length = first - LENGTH_BASE;
        if (in.remaining() < length) {
            throw new IllegalArgumentException("a number is cut short");
        }
        long n = 0;
        for (int i = 0; i < length; i++) {
            n = (n << 8) | ((in.get() ^ flip) & 0xFF);
        }
        if (n < SHORT_LIMIT || (length > 1 && n >>> (8 * (length - 1)) == 0)) {
            throw new IllegalArgumentException("a number is longer than it need be");
        }
        return n ^ flip;
    }
}
