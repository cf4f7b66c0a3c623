package io.kvstore.internal.recovery;

import io.kvstore.internal.index.KeyHash.Hash;
import org.jspecify.annotations.Nullable;

/** Some records of the log in their order, reduced to what the index needs: handed from the scan to the loader. */
final class RecordBatch {
    static final int CAPACITY = 4096;

    final byte[] kinds = new byte[CAPACITY];
    final int[] buckets = new int[CAPACITY];
    final long[] locations = new long[CAPACITY];

    /** Null for records about buckets. */
    final @Nullable Hash[] keys = new Hash[CAPACITY];

    /** The names of buckets; null for records about keys. */
    final @Nullable String[] names = new String[CAPACITY];

    int count;

    void add(int kind, int bucket, long location, @Nullable Hash key, @Nullable String name) {
        kinds[count] = (byte) kind;
        buckets[count] = bucket;
        locations[count] = location;
        keys[count] = key;
        names[count] = name;
        count++;
    }

    boolean isFull() {
        return count == CAPACITY;
    }
}
