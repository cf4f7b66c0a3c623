package io.kvstore;

import java.time.Duration;
import java.util.List;

/**
 * Figures about an open store at one moment. Counters count since the store was opened.
 *
 * @param keys entries in all buckets; expired ones count until a merge has removed them
 * @param buckets named buckets that exist
 * @param segments segment files, the active one included
 * @param diskBytes bytes that the segments take on disk, room that is reserved ahead of the log included; hint files
 *     take some 26 bytes a key beside them
 * @param logBytes bytes of records in the segments, live and dead
 * @param liveBytes estimate of the bytes of records that are still current; exact where the records of a segment are of
 *     one size
 * @param garbageRatio estimate of the share of {@code logBytes} that is dead, 0 to 1
 * @param segmentFigures each segment, in the order in which their records count
 * @param indexBytes bytes of heap that the index tables take
 * @param puts values written
 * @param deletes keys removed
 * @param hits reads that found their key
 * @param misses reads that did not
 * @param syncs fsyncs of the log that were done
 * @param rolls segments that were filled and sealed
 * @param writerStalls times that a writer waited for more than 100 microseconds until there was room for its record
 * @param writerStalled the time those took, in all
 * @param writersSlowed times that a writer was made to wait because garbage came up faster than the merge cleared it
 * @param writersSlowedTime the time those took, in all
 * @param merges merges that ended well
 * @param mergeFailures merges that were given up; the log says why
 * @param mergeRunning whether one is running
 * @param mergedSegments segments that were merged away
 * @param mergeReadBytes bytes of records that merges have read
 * @param mergeWrittenBytes bytes of records that merges have copied
 * @param writtenBytes bytes of records that writers have appended
 * @param openTime how long opening took
 * @param recoveredRecords records that were found on opening, in all segments
 * @param openSegmentsRead segments that were read whole on opening
 * @param openSegmentsHinted segments of which only the hint file was read
 * @param writable whether writes are taken: not by a store that was opened read-only, and not after a failed sync,
 *     until the store is opened again
 */
public record KVStats(
        long keys,
        int buckets,
        int segments,
        long diskBytes,
        long logBytes,
        long liveBytes,
        double garbageRatio,
        List<Segment> segmentFigures,
        long indexBytes,
        long puts,
        long deletes,
        long hits,
        long misses,
        long syncs,
        long rolls,
        long writerStalls,
        Duration writerStalled,
        long writersSlowed,
        Duration writersSlowedTime,
        long merges,
        long mergeFailures,
        boolean mergeRunning,
        long mergedSegments,
        long mergeReadBytes,
        long mergeWrittenBytes,
        long writtenBytes,
        Duration openTime,
        long recoveredRecords,
        int openSegmentsRead,
        int openSegmentsHinted,
        boolean writable) {

    /**
     * One segment.
     *
     * @param number as in the names of its files
     * @param merged whether a merge has written it
     * @param active whether it is appended to
     * @param diskBytes bytes that it takes on disk
     * @param logBytes bytes of records
     * @param liveBytes estimate of those that are current and have not expired
     * @param tombstoneBytes estimate of those that are tombstones
     */
    public record Segment(
            int number,
            boolean merged,
            boolean active,
            long diskBytes,
            long logBytes,
            long liveBytes,
            long tombstoneBytes) {
        /**
         * The share of its records that is not current.
         *
         * @return 0 to 1
         */
        public double garbageRatio() {
            return logBytes == 0 ? 0 : 1 - (double) Math.min(liveBytes, logBytes) / logBytes;
        }
    }

    /**
     * How many bytes of records were written in all for each byte that writers have appended.
     *
     * @return 1 without any merge
     */
    public double writeAmplification() {
        return writtenBytes == 0 ? 1 : (double) (writtenBytes + mergeWrittenBytes) / writtenBytes;
    }
}
