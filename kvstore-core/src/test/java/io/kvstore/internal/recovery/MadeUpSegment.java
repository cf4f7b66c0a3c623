package io.kvstore.internal.recovery;

import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.SegmentFigures;
import io.kvstore.internal.recovery.SegmentSource.Rereading;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** What there is to know of a segment that has no file: entries, a summary, and a hint if wanted. */
final class MadeUpSegment {
    static final StoreFileLayout STORE = new StoreFileLayout(new UUID(1, 2), 3, 4, 0);
    static final int RECORD_SIZE = 64;

    private static final Rereading NO_REREADING = source -> {
        throw new AssertionError("segment " + source.number() + " is read again");
    };

    private final SegmentHeader header;
    private final SummaryBuilder builder;
    private long sequence;
    private int end = SegmentHeader.SIZE;
    private SortedEntries sorted;

    MadeUpSegment(int number) {
        header = new SegmentHeader(SegmentHeader.KIND_LOG, number, 1000L + number);
        builder = new SummaryBuilder(header, 0);
    }

    SegmentHeader header() {
        return header;
    }

    /** All that a summary says, to be compared: it holds an array. */
    static List<Object> said(SegmentSummary summary) {
        SegmentFigures figures = summary.figures();
        return List.of(
                summary.header(),
                summary.end(),
                summary.next(),
                summary.lastSequence(),
                summary.events(),
                figures.records(),
                figures.puts(),
                figures.appendedEstimate(),
                figures.tombstoneEstimate(),
                figures.expiry().bytes(),
                Arrays.toString(figures.expiry().quantiles()));
    }

    /** Returns the offset of the record, as do the others. */
    int put(Hash key, int bucket) {
        builder.add(false, key, bucket, end, RECORD_SIZE, ++sequence);
        return advance();
    }

    int putExpiring(Hash key, int bucket, long expiryMillis) {
        builder.addExpiring(key, bucket, end, RECORD_SIZE, ++sequence, expiryMillis);
        return advance();
    }

    int delete(Hash key, int bucket) {
        builder.add(true, key, bucket, end, RECORD_SIZE, ++sequence);
        return advance();
    }

    void event(boolean dropped, int id, String name) {
        builder.addEvent(dropped, id, name, RECORD_SIZE, ++sequence);
        advance();
    }

    private int advance() {
        end += RECORD_SIZE;
        return end - RECORD_SIZE;
    }

    SegmentSummary summary() {
        return builder.build(end + RecordLayout.SEAL_SIZE, header.number() + 1);
    }

    SortedEntries entries() {
        if (sorted == null) {
            sorted = builder.sort();
        }
        return sorted;
    }

    HintFile writeHint(StoreDirectory directory) throws IOException {
        HintFile.write(directory, STORE, summary(), entries());
        return Objects.requireNonNull(HintFile.open(directory, STORE, header), "the hint that was just written");
    }

    SegmentSource inMemory() {
        return source(null, entries(), NO_REREADING);
    }

    SegmentSource hinted(StoreDirectory directory) throws IOException {
        return hinted(directory, NO_REREADING);
    }

    SegmentSource hinted(StoreDirectory directory, Rereading rereading) throws IOException {
        return source(writeHint(directory), null, rereading);
    }

    private SegmentSource source(HintFile hint, SortedEntries inMemory, Rereading rereading) {
        SegmentSummary summary = summary();
        return new SegmentSource(summary, summary.base(), true, summary.end(), hint, inMemory, rereading);
    }
}
