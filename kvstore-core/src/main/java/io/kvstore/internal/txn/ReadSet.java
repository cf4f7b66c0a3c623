package io.kvstore.internal.txn;

import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has read: of each bucket which one had its name, of each key the sequence number and the place of
 * its record, and which buckets were read as a whole. Belongs to one thread at a time.
 */
public final class ReadSet {
    /** Stands for the record of a key that had none. */
    public static final long ABSENT = 0;

    /** Stands for the place of a record that there was not. */
    public static final long NOWHERE = 0;

    private final Map<String, BucketReads> buckets = new HashMap<>();
    private long earliestExpiry = Long.MAX_VALUE;

    /** What was read of one bucket. */
    private static final class BucketReads {
        final @Nullable BucketIndex bucket;
        final Map<Hash, Read> keys = new HashMap<>();
        boolean whole;

        BucketReads(@Nullable BucketIndex bucket) {
            this.bucket = bucket;
        }
    }

    /**
     * What was read of a key.
     *
     * @param sequence number of its record, or {@link #ABSENT}
     * @param place where that was, for a quick answer: no other record is ever there, but a merge may have moved it
     */
    public record Read(long sequence, long place) {}

    /** Tells what is there now. */
    public interface Present {
        /**
         * The bucket that has a name.
         *
         * @param name of a bucket
         * @return null if there is none
         */
        @Nullable
        BucketIndex bucket(String name);

        /**
         * Whether a key has the record that was read.
         *
         * @param bucket where it was read
         * @param key its hash
         * @param read what was read
         * @return false if it has been written, or its bucket dropped
         */
        boolean isStill(BucketIndex bucket, Hash key, Read read);
    }

    /**
     * Notes which bucket has a name.
     *
     * @param name of the bucket
     * @param present the bucket that has it now, or null
     * @return false if another one had it when it was read before
     */
    public boolean addBucket(String name, @Nullable BucketIndex present) {
        return buckets.computeIfAbsent(name, key -> new BucketReads(present)).bucket == present;
    }

    /**
     * Notes the record of a key.
     *
     * @param name of a bucket that was added
     * @param key its hash
     * @param read what was read of it
     * @return false if it had another one when it was read before
     */
    public boolean addKey(String name, Hash key, Read read) {
        Read before = reads(name).keys.put(key, read);
        return before == null || before.sequence() == read.sequence();
    }

    /**
     * Notes that a bucket was read as a whole.
     *
     * @param name of a bucket that was added
     */
    public void addWhole(String name) {
        reads(name).whole = true;
    }

    /**
     * Notes that a value was read that will expire.
     *
     * @param millis since 1970 UTC
     */
    public void addExpiry(long millis) {
        earliestExpiry = Math.min(earliestExpiry, millis);
    }

    /**
     * The first time at which something that was read will have expired.
     *
     * @return milliseconds since 1970 UTC; {@link Long#MAX_VALUE} if nothing will
     */
    public long earliestExpiry() {
        return earliestExpiry;
    }

    /**
     * How many keys were read.
     *
     * @return the count
     */
    public long size() {
        long size = 0;
        for (BucketReads reads : buckets.values()) {
            size += reads.keys.size();
        }
        return size;
    }

    private BucketReads reads(String name) {
        BucketReads reads = buckets.get(name);
        if (reads == null) {
            throw new IllegalStateException("bucket \"" + name + "\" was not added");
        }
        return reads;
    }

    /**
     * Looks for something that was read and is not so any more. With the log's lock held the answer is of this moment;
     * without it a write may be missed that is made meanwhile, and none that was made before.
     *
     * @param start what was written up to this sequence number was there, or not, when it was read
     * @param seen up to this one all was looked at before, and held; no less than {@code start}
     * @param versions when keys were written since
     * @param present what is there now
     * @return the name of a bucket in which something has changed; null if all still holds
     */
    public @Nullable String findChange(long start, long seen, VersionTable versions, Present present) {
        for (Map.Entry<String, BucketReads> entry : buckets.entrySet()) {
            if (hasChanged(entry.getKey(), entry.getValue(), start, seen, versions, present)) {
                return entry.getKey();
            }
        }
        return null;
    }

    private static boolean hasChanged(
            String name, BucketReads reads, long start, long seen, VersionTable versions, Present present) {
        BucketIndex bucket = reads.bucket;
        if (present.bucket(name) != bucket) {
            return true;
        }
        if (bucket == null || bucket.lastChange() <= seen) {
            return false;
        }
        if (reads.whole && bucket.lastChange() > start) {
            return true;
        }
        for (Map.Entry<Hash, Read> read : reads.keys.entrySet()) {
            Hash key = read.getKey();
            // Another key of the stripe may have been written: the record itself tells.
            if (versions.last(bucket.id(), key) > seen && !present.isStill(bucket, key, read.getValue())) {
                return true;
            }
        }
        return false;
    }
}
