package io.kvstore.cli;

/** Counts sizes by powers of two: 0, 1, 2 to 3, 4 to 7, and so on. Not thread-safe. */
final class SizeHistogram {
    private final long[] counts = new long[65];
    private long total;
    private long sum;
    private long largest;

    void add(long size) {
        counts[Long.SIZE - Long.numberOfLeadingZeros(size)]++;
        total++;
        sum += size;
        largest = Math.max(largest, size);
    }

    /** The first class that has anything in it, or the number of classes. */
    int first() {
        int first = 0;
        while (first < counts.length && counts[first] == 0) {
            first++;
        }
        return first;
    }

    /** The last class that has anything in it, or -1. */
    int last() {
        int last = counts.length - 1;
        while (last >= 0 && counts[last] == 0) {
            last--;
        }
        return last;
    }

    long count(int sizeClass) {
        return counts[sizeClass];
    }

    /** The smallest size of a class. */
    static long from(int sizeClass) {
        return sizeClass == 0 ? 0 : 1L << (sizeClass - 1);
    }

    /** The sizes of a class for people. */
    static String label(int sizeClass) {
        long from = from(sizeClass);
        return from < 1024 ? Long.toString(from) : Human.bytes(from).replace(".0 ", " ");
    }

    long total() {
        return total;
    }

    double mean() {
        return total == 0 ? 0 : (double) sum / total;
    }

    long largest() {
        return largest;
    }
}
