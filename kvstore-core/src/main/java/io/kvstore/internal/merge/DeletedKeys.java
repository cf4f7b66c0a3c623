package io.kvstore.internal.merge;

import java.util.Arrays;

/**
 * Tombstones, and puts whose time has come, that a merge has met: their keys' hashes and where they stand. 40 bytes
 * each. Belongs to the merge thread.
 */
final class DeletedKeys {
    /** So many are looked at together: enough to pay for reading the filter of each segment, and some 10 MB. */
    static final int CAPACITY = 256 << 10;

    private static final int LONGS = 5;

    private long[] longs = new long[LONGS * 64];
    private int count;

    void add(long high, long low, int bucket, long sequence, int victim, int offset) {
        if (LONGS * (count + 1) > longs.length) {
            longs = Arrays.copyOf(longs, 2 * longs.length);
        }
        int at = LONGS * count++;
        longs[at] = high;
        longs[at + 1] = low;
        longs[at + 2] = sequence;
        longs[at + 3] = (long) victim << 32 | offset;
        longs[at + 4] = bucket;
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count >= CAPACITY;
    }

    void clear() {
        count = 0;
    }

    /** Indexes of the keys in the order of their hashes. */
    int[] byHash() {
        long[] order = new long[count];
        // The upper half of a hash decides but for a few: those that share it may come in any order.
        for (int i = 0; i < count; i++) {
            order[i] = ((high(i) ^ Long.MIN_VALUE) & (0xFFFF_FFFFL << 32)) | i;
        }
        Arrays.sort(order);
        int[] indexes = new int[count];
        for (int i = 0; i < count; i++) {
            indexes[i] = (int) order[i];
        }
        return indexes;
    }

    long high(int i) {
        return longs[LONGS * i];
    }

    long low(int i) {
        return longs[LONGS * i + 1];
    }

    long sequence(int i) {
        return longs[LONGS * i + 2];
    }

    /** Which of the victims the record is in. */
    int victim(int i) {
        return (int) (longs[LONGS * i + 3] >>> 32);
    }

    int offset(int i) {
        return (int) longs[LONGS * i + 3];
    }

    int bucket(int i) {
        return (int) longs[LONGS * i + 4];
    }
}
