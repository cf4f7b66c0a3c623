package io.kvstore.cli;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a report shows of a store, from one pass over its entries. A few hundred bytes for each bucket and segment in
 * memory, whatever the number of entries.
 *
 * @param name of the store, for the heading
 * @param stats figures
 * @param buckets by keys, the largest first
 * @param keySizes of all entries
 * @param valueSizes of all entries
 * @param written the segments by the time at which they were last written
 */
record StoreSurvey(
        String name,
        KVStats stats,
        List<BucketFigures> buckets,
        SizeHistogram keySizes,
        SizeHistogram valueSizes,
        List<Written> written) {
    /**
     * A bucket.
     *
     * @param name empty for the default one
     * @param keys entries
     * @param keyBytes bytes of all keys
     * @param valueBytes bytes of all values
     */
    record BucketFigures(String name, long keys, long keyBytes, long valueBytes) {}

    /**
     * A segment and when it was last written.
     *
     * @param segment figures
     * @param time of the last change of its file
     */
    record Written(KVStats.Segment segment, Instant time) {}

    static StoreSurvey of(Path directory, KVStore store, Progress progress) throws IOException {
        SizeHistogram keySizes = new SizeHistogram();
        SizeHistogram valueSizes = new SizeHistogram();
        List<BucketFigures> buckets = new ArrayList<>();
        KVStats stats = store.stats();
        buckets.add(survey("", store, keySizes, valueSizes, progress, stats.keys()));
        for (String bucket : store.bucketNames()) {
            buckets.add(survey(bucket, store.bucket(bucket), keySizes, valueSizes, progress, stats.keys()));
        }
        buckets.sort(Comparator.comparingLong(BucketFigures::keys).reversed());
        List<Written> written = new ArrayList<>();
        for (KVStats.Segment segment : stats.segmentFigures()) {
            Path file = directory.resolve(String.format("%010d.seg", segment.number()));
            try {
                written.add(new Written(segment, Files.getLastModifiedTime(file).toInstant()));
            } catch (NoSuchFileException e) {
                // Made ahead and not written yet.
            }
        }
        written.sort(Comparator.comparing(Written::time));
        return new StoreSurvey(
                directory.toAbsolutePath().normalize().toString(), stats, buckets, keySizes, valueSizes, written);
    }

    private static BucketFigures survey(
            String name,
            KVBucket bucket,
            SizeHistogram keySizes,
            SizeHistogram valueSizes,
            Progress progress,
            long all) {
        long keys = 0;
        long keyBytes = 0;
        long valueBytes = 0;
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                int keySize = cursor.key().length;
                int valueSize = cursor.value().length;
                keySizes.add(keySize);
                valueSizes.add(valueSize);
                keys++;
                keyBytes += keySize;
                valueBytes += valueSize;
                progress.at(keySizes.total(), (double) keySizes.total() / Math.max(all, 1));
            }
        }
        return new BucketFigures(name, keys, keyBytes, valueBytes);
    }
}
