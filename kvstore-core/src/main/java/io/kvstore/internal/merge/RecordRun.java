package io.kvstore.internal.merge;

import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * A few records of a victim, in the order of the file, whose keys are looked up together: each look into the index
 * waits for memory, and reads that depend on nothing wait at the same time (docs/BENCHMARKS.md). Belongs to the merge
 * thread.
 */
final class RecordRun {
    private static final int MOST = 32;

    /** A run ends beyond so many bytes: its records are to be in the window still when they are copied. */
    private static final int MOST_BYTES = 64 << 10;

    private final List<Met> records = new ArrayList<>(MOST);

    /** Of no meaning: keeps the compiler from dropping reads that are made for the caches. */
    @SuppressWarnings("unused")
    private long fetched;

    /**
     * A record that was met.
     *
     * @param offset in its segment
     * @param size bytes
     * @param tombstone or a put
     * @param bucketId of its bucket
     * @param bucket its bucket
     * @param key its key's hash
     * @param sequence number
     * @param expires whether it has an expiry
     * @param expiryMillis when; {@link io.kvstore.internal.log.RecordBuffer#NO_EXPIRY} if it has none
     */
    record Met(
            int offset,
            long size,
            boolean tombstone,
            int bucketId,
            BucketIndex bucket,
            Hash key,
            long sequence,
            boolean expires,
            long expiryMillis) {}

    void add(Met record) {
        records.add(record);
    }

    /** Whether the records are to be looked up before another one is added. */
    boolean isFull() {
        int count = records.size();
        if (count == 0) {
            return false;
        }
        Met last = records.get(count - 1);
        return count == MOST || last.offset + last.size - records.get(0).offset >= MOST_BYTES;
    }

    /** Takes all records out, the places of their keys in the processor's caches. */
    List<Met> take() {
        long sum = 0;
        for (Met record : records) {
            sum += record.bucket.index().fetch(record.key);
        }
        fetched = sum;
        List<Met> taken = List.copyOf(records);
        records.clear();
        return taken;
    }
}
