package io.kvstore.internal.txn;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.RecordBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch or a transaction is going to write: the last write to each key. Keys are told apart by their hashes, as
 * the index does. Takes some 200 bytes a write beside key and value. Belongs to one thread at a time.
 */
public final class WriteSet {
    private static final byte[] NO_VALUE = {};

    private final Map<String, BucketWrites> buckets = new LinkedHashMap<>();

    /** The bucket that was written to last: most batches have one. */
    private @Nullable BucketWrites latest;

    private int size;

    /**
     * One write, encoded where it was asked for, so that the commit, which holds the log's lock, has little to do.
     *
     * @param hash of the key
     * @param record a put or a tombstone, to be placed once
     */
    public record Write(Hash hash, RecordBuffer record) {
        /**
         * Encodes a put.
         *
         * @param hash of the key
         * @param key copied
         * @param value copied
         * @param expiryMillis since 1970 UTC, or {@link RecordBuffer#NO_EXPIRY}
         * @return the write
         */
        public static Write put(Hash hash, byte[] key, byte[] value, long expiryMillis) {
            return new Write(hash, RecordBuffer.of(RecordLayout.KIND_PUT, key, value, expiryMillis));
        }

        /**
         * Encodes a delete.
         *
         * @param hash of the key
         * @param key copied
         * @return the write
         */
        public static Write delete(Hash hash, byte[] key) {
            return new Write(hash, RecordBuffer.of(RecordLayout.KIND_TOMBSTONE, key, NO_VALUE, RecordBuffer.NO_EXPIRY));
        }

        /**
         * Whether it is a put.
         *
         * @return false for a delete
         */
        public boolean isPut() {
            return record.isPut();
        }
    }

    /**
     * Adds a write, in place of the one to the same key that is there.
     *
     * @param bucket name of its bucket
     * @param write not changed any more
     */
    public void add(String bucket, Write write) {
        BucketWrites writes = latest;
        if (writes == null || !writes.name().equals(bucket)) {
            writes = buckets.computeIfAbsent(bucket, BucketWrites::new);
            latest = writes;
        }
        if (writes.add(write)) {
            size++;
        }
    }

    /**
     * Looks a write up.
     *
     * @param bucket name of the bucket
     * @param key hash of the key
     * @return the write to the key; null if there is none
     */
    public @Nullable Write find(String bucket, Hash key) {
        BucketWrites writes = buckets.get(bucket);
        return writes == null ? null : writes.find(key);
    }

    /**
     * The buckets that are written to, each with its writes.
     *
     * @return a view
     */
    public Collection<BucketWrites> buckets() {
        return buckets.values();
    }

    /**
     * The writes to one bucket.
     *
     * @param bucket its name
     * @return a copy
     */
    public List<Write> writes(String bucket) {
        BucketWrites writes = buckets.get(bucket);
        return writes == null ? List.of() : writes.copy();
    }

    /**
     * How many keys are written.
     *
     * @return the count
     */
    public int size() {
        return size;
    }

    /** Forgets all writes. */
    public void clear() {
        buckets.clear();
        latest = null;
        size = 0;
    }
}
