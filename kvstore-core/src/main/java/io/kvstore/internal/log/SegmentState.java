package io.kvstore.internal.log;

import io.kvstore.internal.format.SegmentHeader;
import java.util.Comparator;

/**
 * What is in a segment at one moment, current and not. Byte counts but {@code diskBytes} and {@code logBytes} are
 * estimates: exact where records are of one size.
 *
 * @param segment which
 * @param active whether records are appended to it
 * @param diskBytes reserved in the file
 * @param logBytes bytes of records
 * @param liveBytes bytes of records that the index points at
 * @param unexpiredBytes those of them whose time has not come
 * @param tombstoneBytes bytes of tombstones
 * @param deadPuts puts that are not current any more
 * @param allDead whether no record is current
 * @param expires whether anything in it may expire
 */
public record SegmentState(
        Segment segment,
        boolean active,
        long diskBytes,
        long logBytes,
        long liveBytes,
        long unexpiredBytes,
        long tombstoneBytes,
        long deadPuts,
        boolean allDead,
        boolean expires) {

    /**
     * The order in which records of the same key supersede each other: what a later segment says of a key counts. A
     * merged segment comes before the log segment that was active when its merge began: what it holds was current then,
     * so that all other records of its keys are in front of it, or were written later.
     */
    public static final Comparator<SegmentState> ORDER = Comparator.comparing(
            SegmentState::segment,
            Comparator.comparingLong(Segment::base)
                    .thenComparing(segment -> segment.header().kind() == SegmentHeader.KIND_LOG)
                    .thenComparingInt(Segment::number));

    static SegmentState of(Segment segment, boolean active, long nowMillis) {
        SegmentContent content = segment.content();
        long logBytes = segment.logBytes();
        return new SegmentState(
                segment,
                active,
                segment.reserved(),
                logBytes,
                content.liveBytes(logBytes),
                content.unexpiredBytes(logBytes, nowMillis),
                content.tombstoneBytes(logBytes),
                content.deadPuts(),
                content.livePuts() == 0,
                content.expires());
    }
}
