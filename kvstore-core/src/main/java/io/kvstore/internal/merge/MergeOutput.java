package io.kvstore.internal.merge;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.MergedSegmentWriter;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.recovery.HintFile;
import io.kvstore.internal.recovery.SegmentSummary;
import io.kvstore.internal.recovery.SortedEntries;
import io.kvstore.internal.recovery.SummaryBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments that one merge writes, one after the other, each with its hint. Belongs to the merge thread.
 *
 * <p>Memory: 24 bytes for each record that is copied, and the same again while a segment's are sorted.
 */
final class MergeOutput {
    private final SegmentFiles files;
    private final long segmentSize;
    private final List<Written> written = new ArrayList<>();
    private @Nullable MergedSegmentWriter writer;
    private @Nullable SummaryBuilder builder;
    private long bytes;

    MergeOutput(SegmentFiles files, long segmentSize) {
        this.files = files;
        this.segmentSize = segmentSize;
    }

    /** A segment that is whole, with its hint, both on stable storage. */
    record Written(SegmentSummary summary, SortedEntries entries) {}

    /** Copies a put that was checked. */
    void put(byte[] source, int index, int size, Hash key, int bucket, long sequence) throws IOException {
        int offset = writerFor(size).append(source, index, size);
        builder().add(false, key, bucket, offset, size, sequence);
        bytes += size;
    }

    /** Copies a put that expires, and was checked. */
    void putExpiring(byte[] source, int index, int size, Hash key, int bucket, long sequence, long expiryMillis)
            throws IOException {
        int offset = writerFor(size).append(source, index, size);
        builder().addExpiring(key, bucket, offset, size, sequence, expiryMillis);
        bytes += size;
    }

    /** Writes a tombstone in place of another record. */
    void tombstone(RecordBuffer encoded, Hash key, int bucket, long sequence) throws IOException {
        int size = encoded.size();
        int offset = writerFor(size).append(encoded, sequence, bucket);
        builder().add(true, key, bucket, offset, size, sequence);
        bytes += size;
    }

    private MergedSegmentWriter writerFor(int size) throws IOException {
        MergedSegmentWriter current = writer;
        if (current != null && !current.hasRoom(size, segmentSize)) {
            finishSegment();
            current = null;
        }
        if (current == null) {
            current = files.createMerged();
            writer = current;
            builder = new SummaryBuilder(current.header(), 0);
        }
        return current;
    }

    private SummaryBuilder builder() {
        SummaryBuilder current = builder;
        if (current == null) {
            throw new IllegalStateException("no segment is begun");
        }
        return current;
    }

    private void finishSegment() throws IOException {
        MergedSegmentWriter current = writer;
        if (current == null) {
            return;
        }
        int end = current.finish();
        SortedEntries entries = builder().sort();
        SegmentSummary summary = builder().build(end, 0);
        HintFile.write(files.directory(), files.store(), summary, entries);
        written.add(new Written(summary, entries));
        writer = null;
        builder = null;
    }

    /** Ends the last segment, if one is begun. */
    void finish() throws IOException {
        finishSegment();
    }

    List<Written> written() {
        return written;
    }

    /** Bytes of records written so far. */
    long bytes() {
        return bytes;
    }

    /** Maps the finished segments, each in a slot of its own; nobody knows of them yet. */
    Segment open(Written output, int slot, long base) throws IOException {
        int end = output.summary.end();
        Segment segment = files.open(output.summary.header(), slot, end, end);
        segment.setBase(base);
        segment.restore(output.summary.figures(), 0, 0);
        segment.markHinted(output.summary.figures().expiry());
        return segment;
    }

    /** Removes all that was written, after a failure. What cannot be removed is left to the next open. */
    void discard() throws IOException {
        MergedSegmentWriter unfinished = writer;
        writer = null;
        if (unfinished != null) {
            unfinished.close();
            files.remove(unfinished.header().number());
        }
        for (Written output : written) {
            files.remove(output.summary.header().number());
        }
    }
}
