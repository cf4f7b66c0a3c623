package io.kvstore.internal.recovery;

import io.kvstore.KVCorruptionException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.ManifestLayout.ListedBucket;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.ShardedIndex;
import io.kvstore.internal.log.AppendMode;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.log.SegmentSet;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.recovery.PartitionLoader.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds the index on open. The caller's thread finds the segments that count and reads those without a hint; others
 * load the index meanwhile, a range of hashes each. Memory beside the index is bounded by the entries of three segments
 * that were read whole.
 *
 * <ol>
 *   <li>{@link #read} reads everything and finds the end of the log, or damage. Nothing has changed on disk.
 *   <li>The caller takes the clean mark away: from here on a crash leaves a log that is read as after a crash.
 *   <li>{@link #open} erases what lies beyond the end, durably, before anything is appended: it could come back to life
 *       behind new records. It removes what merges have left. A crash in the middle of that leaves less of the same for
 *       the next open. Then it opens the segments, the last one for appending.
 * </ol>
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final LogScan.Result scan;
    private final List<PartitionLoader> partitions;
    private final BucketCatalog catalog;

    private Recovery(
            StoreDirectory directory,
            StoreFileLayout store,
            LogScan.Result scan,
            List<PartitionLoader> partitions,
            BucketCatalog catalog) {
        this.directory = directory;
        this.store = store;
        this.scan = scan;
        this.partitions = partitions;
        this.catalog = catalog;
    }

    /**
     * Reads the store.
     *
     * @param directory of the store, locked
     * @param store which store
     * @param manifest which segments count
     * @param mark the clean mark, or null after a crash
     * @param progress is told of it
     * @param storeName for the names of threads
     * @return what was found
     * @throws KVCorruptionException if a segment is damaged
     * @throws IOException if one cannot be read
     */
    public static Recovery read(
            StoreDirectory directory,
            StoreFileLayout store,
            ManifestLayout manifest,
            @Nullable CleanMarkLayout mark,
            OpenProgress progress,
            String storeName)
            throws IOException {
        try (IndexLoader loader = new IndexLoader(storeName)) {
            loader.start();
            LogScan scan = new LogScan(directory, store, manifest, mark, loader, progress);
            LogScan.Result result = scan(scan, loader);
            List<PartitionLoader> partitions = loader.finish();
            SegmentSet.requireRoom(result.segments().size());
            RecoveredBuckets buckets = new RecoveredBuckets(manifest);
            for (SegmentSource source : result.segments()) {
                for (BucketEvent event : source.summary().events()) {
                    String defect = buckets.apply(event);
                    if (defect != null) {
                        throw scan.damaged(source.number(), 0, "a record contradicts those before it: " + defect);
                    }
                }
            }
            requireKnownBuckets(buckets, partitions, result, scan);
            return new Recovery(directory, store, result, partitions, catalog(buckets, partitions));
        }
    }

    private static LogScan.Result scan(LogScan scan, IndexLoader loader) throws IOException {
        try {
            return scan.run();
        } catch (CancellationException e) {
            loader.rethrow();
            throw e;
        }
    }

    /** A bucket that no record declares has lost its declaration. */
    private static void requireKnownBuckets(
            RecoveredBuckets buckets, List<PartitionLoader> partitions, LogScan.Result result, LogScan scan) {
        for (PartitionLoader partition : partitions) {
            for (Part part : partition.parts().values()) {
                if (!buckets.isKnown(part.bucket)) {
                    throw scan.damaged(
                            result.segments().get(part.firstSlot).number(),
                            part.firstOffset,
                            "a record contradicts those before it: no bucket has the id " + part.bucket);
                }
            }
        }
    }

    private static BucketCatalog catalog(RecoveredBuckets buckets, List<PartitionLoader> partitions) {
        BucketCatalog catalog = new BucketCatalog(takeIndex(BucketCatalog.DEFAULT_ID, partitions), buckets.lastId());
        for (ListedBucket bucket : buckets.all()) {
            boolean written = bucket.written();
            for (PartitionLoader partition : partitions) {
                written |= partition.parts().containsKey(bucket.id());
            }
            catalog.restore(bucket.id(), bucket.name(), takeIndex(bucket.id(), partitions), written);
        }
        // What is left are buckets that were dropped.
        Set<Integer> dropped = new HashSet<>();
        partitions.forEach(partition -> dropped.addAll(partition.parts().keySet()));
        dropped.forEach(id -> partitions.get(0).discard(takeIndex(id, partitions)));
        return catalog;
    }

    /** Joins the parts of a bucket's index. */
    private static ShardedIndex takeIndex(int bucket, List<PartitionLoader> partitions) {
        List<ShardedIndex> indexes = new ArrayList<>();
        boolean empty = true;
        for (PartitionLoader partition : partitions) {
            Part part = partition.parts().remove(bucket);
            empty &= part == null;
            indexes.add(part == null ? new ShardedIndex(Integer.numberOfTrailingZeros(partitions.size())) : part.index);
        }
        return empty ? new ShardedIndex() : ShardedIndex.join(indexes);
    }

    /**
     * The buckets and their keys.
     *
     * @return the catalog
     */
    public BucketCatalog catalog() {
        return catalog;
    }

    /**
     * The last sequence number.
     *
     * @return 0 in an empty log
     */
    public long sequence() {
        return scan.sequence();
    }

    /**
     * How many records there are.
     *
     * @return the count, seals left out
     */
    public long records() {
        long records = 0;
        for (SegmentSource source : scan.segments()) {
            records += source.summary().figures().records();
        }
        return records;
    }

    /**
     * An open log's segments.
     *
     * @param files to make more of them
     * @param segments all of them
     * @param active the one of them that is appended to
     */
    public record Opened(SegmentFiles files, SegmentSet segments, Segment active) {}

    /**
     * Makes the log ready to go on.
     *
     * @param sizes of the segment that is appended to
     * @param mode how records get into the active segment
     * @return its segments
     * @throws IOException if a file cannot be cut, removed, or opened
     */
    public Opened open(SegmentSizes sizes, AppendMode mode) throws IOException {
        SegmentFiles files = new SegmentFiles(directory, store, scan.highest(), mode);
        erase();
        SegmentSet set = new SegmentSet();
        try (Undo closing = new Undo(() -> closeAll(set))) {
            Opened opened = openSegments(files, set, sizes.of(logBytes()));
            closing.keep();
            return opened;
        }
    }

    /**
     * Opens the segments to read them. Changes nothing on disk: what lies beyond the end of the log is left alone.
     *
     * @return the segments
     * @throws IOException if a file cannot be opened
     * @throws KVCorruptionException if the last one was cut off in front of its first record
     */
    public Opened openReadOnly() throws IOException {
        SegmentFiles files = new SegmentFiles(directory, store, scan.active());
        SegmentSet set = new SegmentSet();
        Segment active = null;
        for (SegmentSource source : scan.segments()) {
            Segment segment = files.open(source.header(), set.takeKeptSlot(), source.end(), source.end());
            restore(segment, source);
            set.add(segment);
            active = source.isSealed() ? active : segment;
        }
        if (active == null) {
            // Its header was on stable storage before the seal in front of it: no crash leaves that.
            throw new KVCorruptionException(
                    directory.path().resolve(FileNames.segment(scan.active()))
                            + ", offset 0: the segment header is cut off: open the store for writing once, or restore a"
                            + " backup",
                    null);
        }
        return new Opened(files, set, active);
    }

    /**
     * Removes and cuts.
     *
     * <p>Crash story: segments behind the end of the log go from the last one down, each durably, so that none is left
     * behind a gap. What merges have left can go in any order.
     */
    private void erase() throws IOException {
        if (scan.discarded()) {
            LOG.warn(
                    "store {}: discards what a crash left behind the end of the log, which is in segment {}",
                    directory.path(),
                    scan.active());
            StoreEvents.of(directory.path()).tailDiscarded(scan.active(), endOffset());
        }
        TreeSet<Integer> surplus = new TreeSet<>(Collections.reverseOrder());
        surplus.addAll(scan.surplus());
        // A torn segment behind a complete one keeps its name; it is made anew in place below.
        surplus.remove(scan.active());
        for (int number : surplus) {
            directory.deleteAndFree(FileNames.segment(number));
            if (number > scan.active()) {
                directory.sync();
            }
        }
        removeHints();
        for (SegmentSource source : scan.segments()) {
            String name = FileNames.segment(source.number());
            // The process that made a backup by links may have the file open, and read close to its end.
            if (source.fileLength() > source.end() && !(source.isSealed() && directory.isLinked(name))) {
                try (StoreFile file = directory.open(name)) {
                    file.setLength(source.end());
                    file.force();
                }
            }
        }
    }

    /** Where the log ends in its last segment; 0 if that has to be made anew. */
    private long endOffset() {
        for (SegmentSource source : scan.segments()) {
            if (source.number() == scan.active()) {
                return source.end();
            }
        }
        return 0;
    }

    private void removeHints() throws IOException {
        TreeSet<Integer> useless = new TreeSet<>(scan.hints());
        for (SegmentSource source : scan.segments()) {
            if (source.isHinted()) {
                useless.remove(source.number());
            }
        }
        for (int number : useless) {
            directory.delete(FileNames.hint(number));
        }
    }

    private long logBytes() {
        return scan.segments().stream()
                .mapToLong(source -> source.end() - SegmentHeader.SIZE)
                .sum();
    }

    private static void closeAll(SegmentSet set) throws IOException {
        for (Segment segment : set.all()) {
            segment.closeFile();
        }
    }

    private Opened openSegments(SegmentFiles files, SegmentSet set, int segmentSize) throws IOException {
        Segment active = null;
        for (SegmentSource source : scan.segments()) {
            int slot = set.takeKeptSlot();
            int end = source.end();
            int capacity = source.isSealed() ? end : Math.max(segmentSize, end + RecordLayout.SEAL_SIZE);
            Segment segment = files.open(source.header(), slot, end, capacity);
            restore(segment, source);
            set.add(segment);
            if (!source.isSealed()) {
                active = segment;
            }
        }
        if (active == null) {
            active = files.create(scan.active(), set.takeKeptSlot(), segmentSize);
            active.setBase(scan.sequence());
            set.add(active);
        }
        return new Opened(files, set, active);
    }

    private void restore(Segment segment, SegmentSource source) {
        long live = 0;
        long liveEstimate = 0;
        for (PartitionLoader partition : partitions) {
            live += partition.livePuts(segment.slot());
            liveEstimate += partition.liveEstimate(segment.slot());
        }
        segment.restore(source.summary().figures(), live, liveEstimate);
        segment.setBase(source.base());
        if (source.isHinted()) {
            segment.markHinted(source.summary().figures().expiry());
        }
    }
}
