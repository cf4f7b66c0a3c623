package io.kvstore.internal.recovery;

import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.log.SegmentFigures;
import java.util.List;

/**
 * What there is to know of a segment but for its values and its keys' entries.
 *
 * @param header of the segment
 * @param end where its records end, the seal included
 * @param next the segment in which the log goes on; 0 after a merged one, or if it has no seal
 * @param lastSequence the highest sequence number in it
 * @param figures of its records
 * @param events about buckets, in their order
 */
public record SegmentSummary(
        SegmentHeader header, int end, int next, long lastSequence, SegmentFigures figures, List<BucketEvent> events) {
    public SegmentSummary {
        events = List.copyOf(events);
    }

    /** The sequence number before the first record of a segment of the log, where they rise by one. */
    long base() {
        return lastSequence - figures.records();
    }
}
