package io.kvstore.internal.log;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;

/**
 * The sums over all segments by which live bytes are told from dead ones at any moment, without asking each segment.
 * Locations know the size classes of records only, so what is live is estimated by the bounds of the classes. Guarded
 * by the log's lock.
 */
final class LiveBytes {
    /** Bytes of records in all segments. */
    private long logBytes;

    /** The sums of the bounds of the size classes of all records but seals, and of the current ones. */
    private long appendedEstimate;

    private long liveEstimate;

    /** Adds all of a segment. */
    void include(Segment segment) {
        logBytes += segment.logBytes();
        appendedEstimate += segment.content().appendedEstimate();
        liveEstimate += segment.content().liveEstimate();
    }

    /** Takes all of a segment out. */
    void exclude(Segment segment) {
        logBytes -= segment.logBytes();
        appendedEstimate -= segment.content().appendedEstimate();
        liveEstimate -= segment.content().liveEstimate();
    }

    /** Counts a record that was appended, and is not current yet. */
    void append(RecordBuffer record) {
        logBytes += record.size();
        if (record.kind() != RecordLayout.KIND_SEAL) {
            appendedEstimate += SizeClass.bound(SizeClass.of(record.size()));
        }
    }

    /** Counts a record as current. */
    void add(long sizeBound) {
        liveEstimate += sizeBound;
    }

    /** Counts a record as garbage. */
    void remove(long sizeBound) {
        liveEstimate -= sizeBound;
    }

    LogBalance balance() {
        return new LogBalance(logBytes, SegmentContent.share(liveEstimate, appendedEstimate, logBytes));
    }
}
