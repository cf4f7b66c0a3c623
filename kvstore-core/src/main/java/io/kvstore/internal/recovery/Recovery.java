package io.kvstore.internal.recovery;

import io.kvstore.KVCorruptionException;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.log.SegmentSet;
import io.kvstore.internal.recovery.IndexLoader.InconsistentRecordException;
import io.kvstore.internal.recovery.SegmentScanner.End;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds the index from the log on open. One thread reads and checks the segments, the caller's loads the index
 * meanwhile; memory beside the index is bounded by a few batches of records.
 *
 * <ol>
 *   <li>{@link LogScan} reads all records and finds the end of the log, or damage. Up to here nothing has changed on
 *       disk.
 *   <li>What lies beyond the end is erased, durably, before anything is appended: it could come back to life behind new
 *       records. A crash in the middle of that leaves less of the same for the next open.
 *   <li>The segments are opened, the last one for appending.
 * </ol>
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private Recovery() {}

    /**
     * The log as it was found.
     *
     * @param segments opened, at least one
     * @param sequence the last sequence number
     * @param records how many records were read
     */
    public record RecoveredLog(SegmentSet segments, long sequence, long records) {}

    /**
     * Reads the log.
     *
     * @param directory of the store, locked
     * @param store which store
     * @param mark the clean mark, or null after a crash
     * @param catalog gets the buckets and their keys
     * @param segmentSize of a segment that has to be made
     * @param storeName for the names of threads
     * @return the log
     * @throws KVCorruptionException if it is damaged
     * @throws IOException if it cannot be read
     */
    public static RecoveredLog run(
            StoreDirectory directory,
            StoreFileLayout store,
            @Nullable CleanMarkLayout mark,
            BucketCatalog catalog,
            int segmentSize,
            String storeName)
            throws IOException {
        IndexLoader loader = new IndexLoader(catalog);
        KeyHash hash = new KeyHash(store.secret0(), store.secret1());
        LogScan.Result scan;
        try (RecordPipe pipe = new RecordPipe(storeName)) {
            pipe.start(() -> new LogScan(directory, store, hash, mark, pipe).run());
            scan = pipe.drainTo(loader);
        } catch (InconsistentRecordException e) {
            String name = FileNames.segment(e.slot + 1);
            throw new KVCorruptionException(
                    "segment " + (e.slot + 1) + " (" + directory.path().resolve(name) + "), offset " + e.offset
                            + ": a record contradicts the log before it: " + e.getMessage() + ": restore a backup",
                    e);
        }
        erase(directory, scan);
        return new RecoveredLog(
                openSegments(new SegmentFiles(directory, store), scan, loader, segmentSize),
                scan.sequence(),
                scan.records());
    }

    private static void erase(StoreDirectory directory, LogScan.Result scan) throws IOException {
        List<End> segments = scan.segments();
        if (scan.discarded()) {
            LOG.warn(
                    "store {}: discards what a crash left behind the end of the log, after {} of {} segment files",
                    directory.path(),
                    segments.size(),
                    scan.present());
        }
        for (int number = scan.present(); number > segments.size(); number--) {
            directory.delete(FileNames.segment(number));
        }
        directory.sync();
        for (int i = 0; i < segments.size(); i++) {
            End end = segments.get(i);
            if (end.fileLength() > end.offset()) {
                try (StoreFile file = directory.open(FileNames.segment(i + 1))) {
                    file.setLength(end.offset());
                    file.force();
                }
            }
        }
    }

    private static SegmentSet openSegments(SegmentFiles files, LogScan.Result scan, IndexLoader loader, int segmentSize)
            throws IOException {
        SegmentSet set = new SegmentSet();
        boolean sealed = true;
        for (int slot = 0; slot < scan.segments().size(); slot++) {
            End end = scan.segments().get(slot);
            sealed = end.sealed();
            int capacity = sealed ? end.offset() : Math.max(segmentSize, end.offset() + RecordLayout.SEAL_SIZE);
            Segment segment = files.open(slot + 1, set.nextSlot(), end.offset(), capacity);
            segment.restoreEstimates(loader.appendedEstimate(slot), loader.liveEstimate(slot));
            set.add(segment);
        }
        if (sealed) {
            int slot = set.nextSlot();
            set.add(files.create(slot + 1, slot, segmentSize));
        }
        return set;
    }
}
