package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;
import java.util.Arrays;

/**
 * The entries of a segment whose hashes are in some range, in the order of the hashes. Used for one after the other.
 */
final class EntryRun {
    private static final int LONGS = HintEntry.LONGS;

    private long[] longs = new long[LONGS * 64];
    private int count;

    /** The entries that are selected. */
    private int from;

    private int to;

    void clear() {
        count = 0;
        from = 0;
        to = 0;
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

    /** Selects the entries whose hash is in a range; returns how many they are. */
    int select(HashRange range) {
        from = firstFrom(longs, range.first(), 0, count);
        to = range.isLast() ? count : firstFrom(longs, range.end(), from, count);
        return to - from;
    }

    /** The first entry that is selected. */
    int from() {
        return from;
    }

    /** Behind the last entry that is selected. */
    int to() {
        return to;
    }

    int selected() {
        return to - from;
    }

    /** By binary search: the first of some sorted entries that has no smaller hash. */
    static int firstFrom(long[] longs, long high, int from, int to) {
        int low = from;
        int above = to;
        while (low < above) {
            int middle = (low + above) >>> 1;
            if (Long.compareUnsigned(longs[LONGS * middle], high) < 0) {
                low = middle + 1;
            } else {
                above = middle;
            }
        }
        return low;
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
