package io.kvstore;

import java.time.Duration;

/**
 * Figures about an open store at one moment. Counters count since the store was opened.
 *
 * @param keys entries in all buckets
 * @param buckets named buckets that exist
 * @param segments segment files, the active one included
 * @param diskBytes bytes that the segments take on disk, room that is reserved ahead of the log included
 * @param logBytes bytes of records in the segments, live and dead
 * @param liveBytes estimate of the bytes of records that are still current; exact where the records of a segment are of
 *     one size
 * @param garbageRatio estimate of the share of {@code logBytes} that is dead, 0 to 1
 * @param indexBytes bytes of heap that the index tables take
 * @param puts values written
 * @param deletes keys removed
 * @param hits reads that found their key
 * @param misses reads that did not
 * @param syncs fsyncs of the log that were done
 * @param rolls segments that were filled and sealed
 * @param writerStalls times that a writer waited for more than 100 microseconds until there was room for its record
 * @param writerStalled the time those took, in all
 * @param openTime how long opening took
 * @param recoveredRecords records that were read on opening
 */
public record KVStats(
        long keys,
        int buckets,
        int segments,
        long diskBytes,
        long logBytes,
        long liveBytes,
        double garbageRatio,
        long indexBytes,
        long puts,
        long deletes,
        long hits,
        long misses,
        long syncs,
        long rolls,
        long writerStalls,
        Duration writerStalled,
        Duration openTime,
        long recoveredRecords) {}
