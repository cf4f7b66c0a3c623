package io.kvstore.internal.merge;

import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.ManifestLayout.ListedBucket;
import io.kvstore.internal.format.ManifestLayout.ListedSegment;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.LogTail;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * The parts of the store that a merge works on.
 *
 * @param log whose segments are merged
 * @param files of the segments
 * @param manifest which of them count
 * @param catalog the buckets and their indexes
 * @param hash of keys
 * @param pins of the readers
 * @param clock by which records expire
 * @param drops held while a bucket is dropped and its records are counted as garbage; taken before the log's lock
 */
public record MergeContext(
        Log log,
        SegmentFiles files,
        ManifestFile manifest,
        BucketCatalog catalog,
        KeyHash hash,
        ReaderPins pins,
        ExpiryClock clock,
        Lock drops) {
    /**
     * The manifest that says that certain segments count, and from where on the log; with the log's lock held.
     *
     * @param snapshot of the log
     * @param segments all that count but for the active one
     * @return what to write
     */
    public ManifestLayout manifest(LogTail.Snapshot snapshot, Collection<Segment> segments) {
        List<ListedSegment> listed = new ArrayList<>();
        for (Segment segment : segments) {
            listed.add(new ListedSegment(segment.number(), segment.end(), segment.base()));
        }
        List<ListedBucket> buckets = new ArrayList<>();
        for (BucketIndex bucket : catalog.named()) {
            buckets.add(new ListedBucket(bucket.id(), bucket.name(), bucket.exists()));
        }
        return new ManifestLayout(snapshot.tail(), snapshot.tailBase(), listed, catalog.lastId(), buckets);
    }
}
