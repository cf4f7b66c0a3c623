package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.txn.WriteSet.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records that a batch makes as the store stands: deletes of absent keys are left out, and buckets that do not
 * exist are declared. Used under the log's lock.
 */
final class BatchPlan {
    /** The most that the records of a batch may take: what a segment can hold where each of them can be reached. */
    static final long MAX_BYTES = RecordLayout.OFFSET_LIMIT - SegmentHeader.SIZE - RecordLayout.SEAL_SIZE;

    private final List<Target> undeclared = new ArrayList<>();

    /** The writes, and the bucket of each. */
    private final @Nullable Write[] writes;

    private final @Nullable Target[] targets;
    private int size;
    private long bytes;

    /** A plan for no more than some writes. */
    BatchPlan(int capacity) {
        writes = new Write[capacity];
        targets = new Target[capacity];
    }

    /** A bucket that is written to. */
    static final class Target {
        final String name;

        /** Null until it is declared. */
        @Nullable
        BucketIndex bucket;

        /** The id that it has, or gets. */
        int id;

        Target(String name, @Nullable BucketIndex bucket) {
            this.name = name;
            this.bucket = bucket;
            this.id = bucket == null ? 0 : bucket.id();
        }

        byte[] encodedName() {
            return BucketNames.encodeChecked(name);
        }
    }

    /** Adds a put, or a delete of a key that is present. */
    void add(Target target, Write write) {
        // The writes to one bucket come together.
        if (target.bucket == null && (undeclared.isEmpty() || undeclared.get(undeclared.size() - 1) != target)) {
            undeclared.add(target);
            bytes += RecordLayout.size(0, target.encodedName().length, 0);
        }
        writes[size] = write;
        targets[size] = target;
        size++;
        bytes += write.record().size();
    }

    /** How many writes there are. */
    int size() {
        return size;
    }

    Write write(int index) {
        return Objects.requireNonNull(writes[index], "a write below the size");
    }

    /** The id of the bucket of a write. */
    int bucketId(int index) {
        return target(index).id;
    }

    /** The bucket of a write, once it is declared. */
    BucketIndex bucket(int index) {
        return Objects.requireNonNull(target(index).bucket, "a bucket that was declared");
    }

    private Target target(int index) {
        return Objects.requireNonNull(targets[index], "a bucket below the size");
    }

    /** The buckets that the batch makes. */
    List<Target> undeclared() {
        return undeclared;
    }

    long bytes() {
        return bytes;
    }

    void requireSize() {
        // A single record may be as large as a value can be.
        if (bytes > MAX_BYTES && size > 1) {
            throw new KVException(
                    KVErrorCode.BATCH_TOO_LARGE,
                    "the " + size + " writes of the batch take " + bytes + " bytes: at most " + MAX_BYTES
                            + " can be written together; nothing was written; commit in parts");
        }
    }
}
