package io.kvstore.internal.recovery;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Index;
import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Repeats on the index what the records of the log say, in their order, and estimates the live bytes of each segment.
 * Belongs to one thread.
 */
final class IndexLoader {
    /** How many records ahead are touched: their slots fit into the second-level cache. */
    private static final int TOUCHED_AHEAD = 256;

    private final BucketCatalog catalog;
    private long[] liveEstimates = new long[64];
    private long[] appendedEstimates = new long[64];

    /** Keeps the reads of {@link #touch} from being optimised away. */
    @SuppressWarnings("unused")
    private long touched;

    /** The bucket of the record before, which most often is that of the next, too. */
    private @Nullable BucketIndex recent;

    IndexLoader(BucketCatalog catalog) {
        this.catalog = catalog;
    }

    /** A record that contradicts those before it, though its checksum is right. */
    static final class InconsistentRecordException extends Exception {
        private static final long serialVersionUID = 1L;

        final int slot;
        final int offset;

        InconsistentRecordException(long location, String message) {
            super(message);
            this.slot = Location.slot(location);
            this.offset = Location.offset(location);
        }
    }

    long liveEstimate(int slot) {
        return slot < liveEstimates.length ? liveEstimates[slot] : 0;
    }

    long appendedEstimate(int slot) {
        return slot < appendedEstimates.length ? appendedEstimates[slot] : 0;
    }

    void apply(RecordBatch batch) throws InconsistentRecordException {
        for (int i = 0; i < batch.count; i++) {
            if (i % TOUCHED_AHEAD == 0) {
                touch(batch, i, Math.min(i + TOUCHED_AHEAD, batch.count));
            }
            long location = batch.locations[i];
            appended(location);
            switch (batch.kinds[i]) {
                case RecordLayout.KIND_PUT -> put(bucket(batch.buckets[i], location), key(batch, i), location);
                case RecordLayout.KIND_TOMBSTONE -> remove(bucket(batch.buckets[i], location), key(batch, i));
                case RecordLayout.KIND_BUCKET -> declare(batch.buckets[i], name(batch, i), location);
                default -> drop(bucket(batch.buckets[i], location), location);
            }
        }
    }

    /** Brings the slots of the next records into the caches; if most of them are of the bucket seen last, that is. */
    private void touch(RecordBatch batch, int from, int to) {
        BucketIndex bucket = recent;
        if (bucket == null) {
            return;
        }
        long sum = 0;
        for (int i = from; i < to; i++) {
            Hash key = batch.keys[i];
            if (key != null) {
                sum += bucket.index().touch(key);
            }
        }
        touched = sum;
    }

    private static Hash key(RecordBatch batch, int i) {
        return Objects.requireNonNull(batch.keys[i], "key");
    }

    private static String name(RecordBatch batch, int i) {
        return Objects.requireNonNull(batch.names[i], "name");
    }

    private void put(BucketIndex bucket, Hash key, long location) {
        bucket.index().prepare(key);
        dead(bucket.index().put(key, location));
        live(location);
        bucket.markWritten();
    }

    private void remove(BucketIndex bucket, Hash key) {
        bucket.index().prepare(key);
        dead(bucket.index().remove(key));
    }

    private void declare(int id, String name, long location) throws InconsistentRecordException {
        try {
            catalog.declare(id, name);
        } catch (IllegalArgumentException e) {
            throw new InconsistentRecordException(location, String.valueOf(e.getMessage()));
        }
    }

    private void drop(BucketIndex bucket, long location) throws InconsistentRecordException {
        if (bucket.id() == BucketCatalog.DEFAULT_ID) {
            throw new InconsistentRecordException(location, "the default bucket is dropped");
        }
        catalog.drop(bucket);
        recent = null;
        Index index = bucket.index();
        long start = 0;
        do {
            Part part = index.part(start);
            for (long dropped : part.locations()) {
                dead(dropped);
            }
            start = part.next();
        } while (start != 0);
    }

    private BucketIndex bucket(int id, long location) throws InconsistentRecordException {
        BucketIndex bucket = recent;
        if (bucket == null || bucket.id() != id) {
            bucket = catalog.find(id);
            if (bucket == null) {
                throw new InconsistentRecordException(location, "no bucket has the id " + id);
            }
            recent = bucket;
        }
        return bucket;
    }

    private void appended(long location) {
        int slot = Location.slot(location);
        if (slot >= appendedEstimates.length) {
            appendedEstimates = Arrays.copyOf(appendedEstimates, 2 * slot);
            liveEstimates = Arrays.copyOf(liveEstimates, 2 * slot);
        }
        appendedEstimates[slot] += SizeClass.bound(Location.sizeClass(location));
    }

    private void live(long location) {
        liveEstimates[Location.slot(location)] += SizeClass.bound(Location.sizeClass(location));
    }

    private void dead(long location) {
        if (location != Location.NONE) {
            liveEstimates[Location.slot(location)] -= SizeClass.bound(Location.sizeClass(location));
        }
    }
}
