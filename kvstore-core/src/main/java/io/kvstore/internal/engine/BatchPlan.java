package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.log.RecordBuffer;
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

    private static final byte[] NO_VALUE = {};

    private final List<Target> undeclared = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private long bytes;
    private int largest;

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
        }

        BucketIndex bucket() {
            return Objects.requireNonNull(bucket, "a bucket that was declared");
        }

        byte[] encodedName() {
            return BucketNames.encodeChecked(name);
        }
    }

    /** One put or delete of a key that is present. */
    record Step(Target target, Write write) {
        boolean isPut() {
            return write.value() != null;
        }

        boolean expires() {
            return write.expiryMillis() != RecordBuffer.NO_EXPIRY;
        }

        RecordBuffer encode(RecordBuffer record) {
            byte[] value = write.value();
            return value == null
                    ? record.encode(RecordLayout.KIND_TOMBSTONE, write.key(), NO_VALUE)
                    : record.encode(RecordLayout.KIND_PUT, write.key(), value, write.expiryMillis());
        }

        long size() {
            byte[] value = write.value();
            int flags = expires() ? RecordLayout.FLAG_EXPIRY : 0;
            return RecordLayout.size(flags, write.key().length, value == null ? 0 : value.length);
        }
    }

    void add(Target target, Write write) {
        Step step = new Step(target, write);
        // The writes to one bucket come together.
        if (target.bucket == null && (undeclared.isEmpty() || undeclared.get(undeclared.size() - 1) != target)) {
            undeclared.add(target);
            count(RecordLayout.size(0, target.encodedName().length, 0));
        }
        steps.add(step);
        count(step.size());
    }

    private void count(long size) {
        bytes += size;
        largest = (int) Math.max(largest, size);
    }

    List<Step> steps() {
        return steps;
    }

    /** The buckets that the batch makes. */
    List<Target> undeclared() {
        return undeclared;
    }

    long bytes() {
        return bytes;
    }

    /** The size of the largest record. */
    int largest() {
        return largest;
    }

    void requireSize() {
        // A single record may be as large as a value can be.
        if (bytes > MAX_BYTES && steps.size() > 1) {
            throw new KVException(
                    KVErrorCode.BATCH_TOO_LARGE,
                    "the " + steps.size() + " writes of the batch take " + bytes + " bytes: at most " + MAX_BYTES
                            + " can be written together; nothing was written; commit in parts");
        }
    }
}
