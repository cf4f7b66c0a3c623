package io.kvstore;

import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The verbs of a bucket that are in one order with all others, for Lincheck. The table of the bucket's index holds so
 * many other keys that it grows within a scenario. Sizes and scans are not among the verbs: they are of some moment
 * each, but not in one order with the rest.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:3")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public abstract class BucketVerbs {
    /** A table takes six before it grows. */
    private static final int OTHERS = 5;

    /** So large that a new segment of a kilobyte is nearly full. */
    private static final int OTHERS_BYTES = 120;

    private final KVBucket bucket;

    /**
     * The verbs of a bucket.
     *
     * @param bucket empty
     */
    protected BucketVerbs(KVBucket bucket) {
        this.bucket = bucket;
        for (int i = 0; i < OTHERS; i++) {
            bucket.put(bytes(100 + i), new byte[OTHERS_BYTES]);
        }
    }

    /**
     * A batch.
     *
     * @return for one commit
     */
    protected abstract KVBatch batch();

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
        try (KVBatch batch = batch()) {
            batch.put(bucket, bytes(1), bytes(value))
                    .put(bucket, bytes(2), bytes(value))
                    .commit();
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

        public void merge() {
            // which nobody sees
        }
    }
}
