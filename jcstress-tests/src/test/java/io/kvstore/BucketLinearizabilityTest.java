package io.kvstore;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All verbs of a bucket on the disk, in random scenarios of three threads, while its tiny segments are merged without
 * pause. Sizes and scans are not among them: they are of some moment each, but not in one order with the rest.
 */
@Tag("concurrency")
class BucketLinearizabilityTest {
    @Test
    void verbsOfABucketOnTheDiskAreLinearizable(@TempDir Path directory) {
        KVOptions options = KVOptions.builder()
                .segmentSize(KVOptions.MIN_SEGMENT_SIZE)
                .autoMerge(false)
                .build();
        try (KVStore store = KVStore.open(directory, options)) {
            Thread merger = new Thread(() -> mergeUntilClosed(store), "merge for ever");
            merger.setDaemon(true);
            merger.start();
            BucketOnDisk.store = store;
            new StressOptions()
                    .iterations(20)
                    .invocationsPerIteration(100)
                    .threads(3)
                    .actorsPerThread(3)
                    .sequentialSpecification(MapOfValues.class)
                    .check(BucketOnDisk.class);
        }
    }

    private static void mergeUntilClosed(KVStore store) {
        try {
            for (; ; ) {
                store.merge();
            }
        } catch (KVClosedException e) {
            // the end of the test
        }
    }

    /** A bucket of its own for each scenario that is run. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class BucketOnDisk {
        private static final AtomicInteger LAST = new AtomicInteger();
        private static volatile KVStore store;

        private final KVBucket bucket = store.bucket("b" + LAST.incrementAndGet());

        private static byte[] bytes(int number) {
            return new byte[] {(byte) number};
        }

        @Operation
        public int get(@Param(name = "key") int key) {
            byte[] value = bucket.get(bytes(key));
            return value == null ? 0 : value[0];
        }

        @Operation
        public boolean containsKey(@Param(name = "key") int key) {
            return bucket.containsKey(bytes(key));
        }

        @Operation
        public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
            bucket.put(bytes(key), bytes(value));
        }

        @Operation
        public boolean putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
            return bucket.putIfAbsent(bytes(key), bytes(value));
        }

        @Operation
        public boolean replace(
                @Param(name = "key") int key, @Param(name = "value") int expected, @Param(name = "value") int value) {
            return bucket.replace(bytes(key), bytes(expected), bytes(value));
        }

        @Operation
        public boolean delete(@Param(name = "key") int key) {
            return bucket.delete(bytes(key));
        }

        @Operation
        public boolean deleteIf(@Param(name = "key") int key, @Param(name = "value") int expected) {
            return bucket.delete(bytes(key), bytes(expected));
        }

        @Operation
        public void putBoth(@Param(name = "value") int value) {
            try (KVBatch batch = store.batch()) {
                batch.put(bucket, bytes(1), bytes(value))
                        .put(bucket, bytes(2), bytes(value))
                        .commit();
            }
        }
    }

    /** What a bucket is to its users. */
    public static class MapOfValues {
        private final Map<Integer, Integer> values = new HashMap<>();

        public int get(int key) {
            return values.getOrDefault(key, 0);
        }

        public boolean containsKey(int key) {
            return values.containsKey(key);
        }

        public void put(int key, int value) {
            values.put(key, value);
        }

        public boolean putIfAbsent(int key, int value) {
            return values.putIfAbsent(key, value) == null;
        }

        public boolean replace(int key, int expected, int value) {
            return values.replace(key, expected, value);
        }

        public boolean delete(int key) {
            return values.remove(key) != null;
        }

        public boolean deleteIf(int key, int expected) {
            return values.remove(key, expected);
        }

        public void putBoth(int value) {
            values.put(1, value);
            values.put(2, value);
        }
    }
}
