package io.kvstore.internal.index;

import io.kvstore.internal.format.LittleEndian;

/**
 * The hash of keys: SipHash-1-3 with 128 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012), keyed by the store's secret, so that nobody who does not know the secret can make keys collide.
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyHash {
    private final long secret0;
    private final long secret1;

    /**
     * A hash with a secret.
     *
     * @param secret0 first half
     * @param secret1 second half
     */
    public KeyHash(long secret0, long secret1) {
        this.secret0 = secret0;
        this.secret1 = secret1;
    }

    /**
     * The hash of one key.
     *
     * @param high half of the 128 bits: places the key in the index
     * @param low the other half: with {@code high}, tells it from other keys
     */
    public record Hash(long high, long low) {}

    /**
     * Hashes a key.
     *
     * @param key all of it
     * @return its hash
     */
    public Hash hash(byte[] key) {
        return hash(key, 0, key.length);
    }

    /**
     * Hashes a key inside an array.
     *
     * @param bytes where it is
     * @param offset of its first byte
     * @param length of the key in bytes
     * @return its hash
     */
    public Hash hash(byte[] bytes, int offset, int length) {
        long v0 = secret0 ^ 0x736f6d6570736575L;
        long v1 = secret1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = secret0 ^ 0x6c7967656e657261L;
        long v3 = secret1 ^ 0x7465646279746573L;

        int position = offset;
        for (int wordsEnd = offset + (length & -8); position < wordsEnd; position += 8) {
            long word = LittleEndian.getLong(bytes, position);
            v3 ^= word;
            // One round, spelled out here and below: the JIT keeps the four words in registers.
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32) + v3;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }

        long last = (long) length << 56;
        for (int shift = 0; position < offset + length; position++, shift += 8) {
            last |= (bytes[position] & 0xFFL) << shift;
        }

        // Three kinds of input to the same round: the last word, then the finalization of either half.
        long high = 0;
        for (int round = 0; round < 7; round++) {
            if (round == 0) {
                v3 ^= last;
            } else if (round == 1) {
                v0 ^= last;
                v2 ^= 0xee;
            } else if (round == 4) {
                high = v0 ^ v1 ^ v2 ^ v3;
                v1 ^= 0xdd;
            }
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32) + v3;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
        }
        return new Hash(high, v0 ^ v1 ^ v2 ^ v3);
    }
}
