package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;

/** The entries of one segment in memory, sorted by hash, the last one of each key only: 24 bytes each. Immutable. */
public final class SortedEntries {
    private static final int LONGS = HintEntry.LONGS;

    /** From here on an insertion sort may take long. */
    private static final int LONG_GROUP = 32;

    private final long[] longs;
    private final int count;

    private SortedEntries(long[] longs, int count) {
        this.longs = longs;
        this.count = count;
    }

    /**
     * Sorts entries. Hashes are spread evenly, so that one pass over their leading bits leaves little to do. Takes as
     * much memory again for the moment.
     *
     * @param unsorted three longs each, in the order of their records
     * @param count how many
     * @return the entries
     */
    static SortedEntries of(long[] unsorted, int count) {
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(count) - 1);
        int shift = 64 - bits;
        int[] starts = new int[(1 << bits) + 1];
        for (int i = 0; i < count; i++) {
            starts[(int) (unsorted[LONGS * i] >>> shift) + 1]++;
        }
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        long[] sorted = new long[LONGS * count];
        for (int i = 0; i < count; i++) {
            int place = starts[(int) (unsorted[LONGS * i] >>> shift)]++;
            System.arraycopy(unsorted, LONGS * i, sorted, LONGS * place, LONGS);
        }
        int from = 0;
        for (int group = 0; group < 1 << bits; group++) {
            sort(sorted, from, starts[group]);
            from = starts[group];
        }
        return new SortedEntries(sorted, dropSuperseded(sorted, count));
    }

    /** Sorts the entries of a range, which have the same leading bits: a few keys, or a few with many records. */
    private static void sort(long[] longs, int from, int to) {
        if (to - from <= LONG_GROUP) {
            insertionSort(longs, from, to);
        } else if (!isSorted(longs, from, to)) {
            heapSort(longs, from, to);
        }
    }

    private static boolean isSorted(long[] longs, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (compare(longs, i - 1, longs[LONGS * i], longs[LONGS * i + 1], longs[LONGS * i + 2]) > 0) {
                return false;
            }
        }
        return true;
    }

    /** In place, and never quadratic (Williams, 1964): many records of one key in two buckets are the worst order. */
    private static void heapSort(long[] longs, int from, int to) {
        int count = to - from;
        for (int i = count / 2 - 1; i >= 0; i--) {
            int at = from + i;
            sink(longs, from, i, count, longs[LONGS * at], longs[LONGS * at + 1], longs[LONGS * at + 2]);
        }
        for (int last = count - 1; last > 0; last--) {
            int at = from + last;
            long high = longs[LONGS * at];
            long second = longs[LONGS * at + 1];
            long third = longs[LONGS * at + 2];
            System.arraycopy(longs, LONGS * from, longs, LONGS * at, LONGS);
            sink(longs, from, 0, last, high, second, third);
        }
    }

    /** Puts an entry where it belongs on the way down from a place of the heap; the greatest is on top. */
    private static void sink(long[] longs, int from, int place, int count, long high, long second, long third) {
        int hole = place;
        for (int child = 2 * hole + 1; child < count; child = 2 * hole + 1) {
            if (child + 1 < count) {
                int right = LONGS * (from + child + 1);
                if (compare(longs, from + child, longs[right], longs[right + 1], longs[right + 2]) < 0) {
                    child++;
                }
            }
            if (compare(longs, from + child, high, second, third) <= 0) {
                break;
            }
            System.arraycopy(longs, LONGS * (from + child), longs, LONGS * (from + hole), LONGS);
            hole = child;
        }
        set(longs, from + hole, high, second, third);
    }

    private static void insertionSort(long[] longs, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            long high = longs[LONGS * i];
            long second = longs[LONGS * i + 1];
            long third = longs[LONGS * i + 2];
            int j = i - 1;
            while (j >= from && compare(longs, j, high, second, third) > 0) {
                System.arraycopy(longs, LONGS * j, longs, LONGS * (j + 1), LONGS);
                j--;
            }
            set(longs, j + 1, high, second, third);
        }
    }

    /** By hash, bucket, and offset. */
    private static int compare(long[] longs, int i, long high, long second, long third) {
        int byHash = Long.compareUnsigned(longs[LONGS * i], high);
        if (byHash != 0) {
            return byHash;
        }
        int byLow = Long.compareUnsigned(HintEntry.low(longs[LONGS * i + 1]), HintEntry.low(second));
        return byLow != 0 ? byLow : Long.compareUnsigned(longs[LONGS * i + 2], third);
    }

    /** Keeps the last record of each key; returns how many are left. */
    private static int dropSuperseded(long[] longs, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long high = longs[LONGS * i];
            long second = longs[LONGS * i + 1];
            long third = longs[LONGS * i + 2];
            if (kept > 0 && isSameKey(longs, kept - 1, high, second, third)) {
                kept--;
            }
            set(longs, kept++, high, second, third);
        }
        return kept;
    }

    private static boolean isSameKey(long[] longs, int i, long high, long second, long third) {
        return longs[LONGS * i] == high
                && HintEntry.low(longs[LONGS * i + 1]) == HintEntry.low(second)
                && HintEntry.bucket(longs[LONGS * i + 2]) == HintEntry.bucket(third);
    }

    private static void set(long[] longs, int i, long high, long second, long third) {
        longs[LONGS * i] = high;
        longs[LONGS * i + 1] = second;
        longs[LONGS * i + 2] = third;
    }

    /**
     * How many there are.
     *
     * @return one for each key
     */
    public int count() {
        return count;
    }

    /**
     * The first long of an entry.
     *
     * @param i 0 to {@link #count}
     * @return half of the hash
     */
    public long high(int i) {
        return longs[LONGS * i];
    }

    /**
     * The second long of an entry.
     *
     * @param i 0 to {@link #count}
     * @return as {@link HintEntry} tells
     */
    public long second(int i) {
        return longs[LONGS * i + 1];
    }

    /**
     * The third long of an entry.
     *
     * @param i 0 to {@link #count}
     * @return as {@link HintEntry} tells
     */
    public long third(int i) {
        return longs[LONGS * i + 2];
    }

    /** Copies out the entries whose hash is in a range. */
    void read(HashRange range, EntryRun run) {
        run.clear();
        for (int i = EntryRun.firstFrom(longs, range.first(), 0, count); i < count && range.contains(high(i)); i++) {
            run.add(high(i), second(i), third(i));
        }
    }
}
