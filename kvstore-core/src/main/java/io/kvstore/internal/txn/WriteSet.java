package io.kvstore.internal.txn;

import io.kvstore.internal.index.KeyHash.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch or a transaction is going to write: the last write to each key, in the order in which those were made.
 * Keys are told apart by their hashes, as the index does. Takes some 200 bytes a write beside key and value. Belongs to
 * one thread at a time.
 */
public final class WriteSet {
    private final Map<String, Map<Hash, Write>> buckets = new LinkedHashMap<>();
    private int size;

    /**
     * One write.
     *
     * @param hash of the key
     * @param key a copy
     * @param value a copy; null for a delete
     * @param expiryMillis since 1970 UTC, or {@link io.kvstore.internal.log.RecordBuffer#NO_EXPIRY}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Write(Hash hash, byte[] key, byte @Nullable [] value, long expiryMillis) {}

    /**
     * Adds a write, in place of the one to the same key that is there.
     *
     * @param bucket name of its bucket
     * @param write not changed any more
     */
    public void add(String bucket, Write write) {
        Map<Hash, Write> writes = buckets.computeIfAbsent(bucket, name -> new LinkedHashMap<>());
        if (writes.remove(write.hash()) == null) {
            size++;
        }
        writes.put(write.hash(), write);
    }

    /**
     * Looks a write up.
     *
     * @param bucket name of the bucket
     * @param key hash of the key
     * @return the write to the key; null if there is none
     */
    public @Nullable Write find(String bucket, Hash key) {
        Map<Hash, Write> writes = buckets.get(bucket);
        return writes == null ? null : writes.get(key);
    }

    /**
     * The buckets that are written to.
     *
     * @return their names; a view
     */
    public Collection<String> buckets() {
        return buckets.keySet();
    }

    /**
     * The writes to one bucket.
     *
     * @param bucket its name
     * @return a copy, in their order
     */
    public List<Write> writes(String bucket) {
        Map<Hash, Write> writes = buckets.get(bucket);
        return writes == null ? List.of() : new ArrayList<>(writes.values());
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
        size = 0;
    }
}
