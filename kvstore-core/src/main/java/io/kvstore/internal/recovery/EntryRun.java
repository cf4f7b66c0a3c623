package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;
import java.util.Arrays;

/**
 * The entries of a segment whose hashes are in some range, in the order of the hashes. Used for one after the other.
 */
final class EntryRun {
    private static final int LONGS = HintEntry.LONGS;

    private long[] longs = new long[LONGS * 4096];
    private int count;

    void clear() {
        count = 0;
    }

    void add(long high, long second, long third) {
        if (LONGS * (count + 1) > longs.length) {
            longs = Arrays.copyOf(longs, 2 * longs.length);
        }
        int at = LONGS * count++;
        longs[at] = high;
        longs[at + 1] = second;
        longs[at + 2] = third;
    }

    int count() {
        return count;
    }

    long high(int i) {
        return longs[LONGS * i];
    }

    long second(int i) {
        return longs[LONGS * i + 1];
    }

    long third(int i) {
        return longs[LONGS * i + 2];
    }
}
