package io.kvstore.benchmarks;

import io.kvstore.benchmarks.data.Entries;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import java.util.Arrays;
import java.util.Locale;

/**
 * The heap that the index takes, and how long its growth holds a writer up: fills one index with hashes of random keys,
 * and tells at every power of ten the heap after full collections by the keys, the most that the tables took by the
 * keys at any moment since the last power of ten, and the times of the calls in which a table grew or split.
 */
public final class IndexMemoryBenchmark {
    private static final int RECORD_BYTES = 144;
    private static final int SEGMENT_RECORDS = 400_000;

    private IndexMemoryBenchmark() {}

    /**
     * Runs it.
     *
     * @param args the number of keys (10,000,000); 100 million need a heap of 5 GiB
     */
    public static void main(String[] args) {
        int keys = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        long heapBefore = usedHeap();
        ShardedIndex index = new ShardedIndex();
        long[] growths = new long[1 << 20];
        int growthCount = 0;
        double most = 0;
        int next = 1_000_000;
        System.out.println(
                "| keys | heap bytes a key | tables now | tables at the most | growth us: median | p99 | max |");
        System.out.println("|---:|---:|---:|---:|---:|---:|---:|");
        for (int i = 1; i <= keys; i++) {
            Hash key = new Hash(Entries.mix(i), Entries.mix(~(long) i));
            long tables = index.memoryBytes();
            long start = System.nanoTime();
            index.prepare(key);
            long nanos = System.nanoTime() - start;
            if (index.memoryBytes() != tables) {
                growths[growthCount++ & (growths.length - 1)] = nanos;
            }
            index.put(
                    key,
                    Location.of(
                            i / SEGMENT_RECORDS,
                            (1 + i % SEGMENT_RECORDS) * RECORD_BYTES,
                            SizeClass.of(RECORD_BYTES),
                            false));
            if (i > next / 10) {
                most = Math.max(most, (double) index.memoryBytes() / i);
            }
            if (i == next) {
                print(
                        i,
                        (double) (usedHeap() - heapBefore - 8L * growths.length) / i,
                        index,
                        most,
                        growths,
                        growthCount);
                next *= 10;
                most = 0;
                growthCount = 0;
            }
        }
        if (index.size() != keys) {
            throw new IllegalStateException("the index lost keys: " + index.size());
        }
    }

    private static void print(int keys, double heap, ShardedIndex index, double most, long[] growths, int growthCount) {
        long[] sorted = Arrays.copyOf(growths, Math.min(growthCount, growths.length));
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "| %,d | %.1f | %.1f | %.1f | %d | %d | %d |%n",
                keys,
                heap,
                (double) index.memoryBytes() / keys,
                most,
                sorted[sorted.length / 2] / 1000,
                sorted[(int) (sorted.length * 0.99)] / 1000,
                sorted[sorted.length - 1] / 1000);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
