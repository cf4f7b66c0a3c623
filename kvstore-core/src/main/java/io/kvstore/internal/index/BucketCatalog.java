package io.kvstore.internal.index;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of a store, by name and by id. Any thread may look up; the rest is the writer's (under the log's lock).
 */
public final class BucketCatalog {
    /** The id of the default bucket, which is never declared and never dropped. */
    public static final int DEFAULT_ID = 0;

    private final BucketIndex defaultBucket;
    private final Map<String, BucketIndex> byName = new ConcurrentHashMap<>();
    private final Map<Integer, BucketIndex> byId = new ConcurrentHashMap<>();
    private int lastId;

    /**
     * Written by the merge thread alone, before the index is changed by a release: who finds a key gone sees it
     * (harness {@code StoreExpiry.ReadsOfOneMoment}).
     */
    private volatile long expiredRemoved = Long.MIN_VALUE;

    /** A catalog with nothing but an empty default bucket. */
    public BucketCatalog() {
        this(new ShardedIndex(), DEFAULT_ID);
    }

    /**
     * A catalog with nothing but the default bucket.
     *
     * @param defaultIndex its keys
     * @param lastId the highest bucket id ever given out
     */
    public BucketCatalog(Index defaultIndex, int lastId) {
        this.lastId = lastId;
        this.defaultBucket = new BucketIndex(DEFAULT_ID, "", defaultIndex);
        byName.put(defaultBucket.name(), defaultBucket);
        byId.put(DEFAULT_ID, defaultBucket);
    }

    /**
     * Adds a bucket that recovery has found, before the catalog is shared.
     *
     * @param id up to the highest one given out
     * @param name that no bucket has
     * @param index its keys
     * @param written whether anything was ever written to it
     */
    public void restore(int id, String name, Index index, boolean written) {
        assert id > DEFAULT_ID && id <= lastId : "bucket id " + id;
        BucketIndex bucket = new BucketIndex(id, name, index);
        if (written) {
            bucket.markWritten();
        }
        byName.put(name, bucket);
        byId.put(id, bucket);
    }

    /**
     * The highest bucket id ever given out.
     *
     * @return 0 if there never was a named bucket
     */
    public int lastId() {
        return lastId;
    }

    /**
     * Looks a bucket up by name. Any thread.
     *
     * @param name empty for the default bucket
     * @return the bucket, or null if there is none of the name
     */
    public @Nullable BucketIndex find(String name) {
        BucketIndex bucket = byName.get(name);
        return bucket == null || bucket.isDropped() ? null : bucket;
    }

    /**
     * Looks a bucket up by id. Any thread.
     *
     * @param id as records carry it
     * @return the bucket, or null if it was never declared, or dropped
     */
    public @Nullable BucketIndex find(int id) {
        return byId.get(id);
    }

    /**
     * The id that the next bucket gets. Ids are never used twice.
     *
     * @return the id, for a declaration in the log
     */
    public int nextId() {
        return Math.incrementExact(lastId);
    }

    /**
     * Adds a bucket after its declaration was written to the log.
     *
     * @param id greater than all before
     * @param name that no bucket has
     * @return the bucket
     * @throws IllegalArgumentException if id or name was used before
     */
    public BucketIndex declare(int id, String name) {
        if (id <= lastId) {
            throw new IllegalArgumentException("bucket id " + id + " after id " + lastId);
        }
        lastId = id;
        BucketIndex bucket = new BucketIndex(id, name, new ShardedIndex());
        if (byName.putIfAbsent(name, bucket) != null) {
            throw new IllegalArgumentException("second bucket of name \"" + name + "\"");
        }
        byId.put(id, bucket);
        return bucket;
    }

    /**
     * Takes a bucket out.
     *
     * @param bucket not the default one
     */
    public void drop(BucketIndex bucket) {
        // First the mark: a handle that has the bucket and one that looks for it agree from here on.
        bucket.markDropped();
        byName.remove(bucket.name());
        byId.remove(bucket.id());
    }

    /**
     * Tells that keys are about to be removed that have expired. By the merge.
     *
     * @param millis time at the latest at which they have, since 1970 UTC
     */
    public void markExpiredRemoved(long millis) {
        expiredRemoved = Math.max(expiredRemoved, millis);
    }

    /**
     * Up to which time keys that have expired may have been removed. Any thread: who finds one gone sees it.
     *
     * @return milliseconds since 1970 UTC
     */
    public long expiredRemoved() {
        return expiredRemoved;
    }

    /**
     * All named buckets.
     *
     * @return in the order of their ids
     */
    public List<BucketIndex> named() {
        List<BucketIndex> named = new ArrayList<>(byId.values());
        named.remove(defaultBucket);
        named.sort(Comparator.comparingInt(BucketIndex::id));
        return named;
    }

    /**
     * The names of the buckets that exist, the default one left out. Any thread.
     *
     * @return a sorted set of the caller's own
     */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (BucketIndex bucket : byName.values()) {
            if (bucket != defaultBucket && bucket.exists()) {
                names.add(bucket.name());
            }
        }
        return names;
    }

    /**
     * All buckets, for figures. Any thread.
     *
     * @return a live view
     */
    public Collection<BucketIndex> all() {
        return byName.values();
    }
}
