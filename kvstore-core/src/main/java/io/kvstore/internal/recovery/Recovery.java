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
 *   <li>{@link #read} reads all records and finds the end of the log, or damage. Nothing has changed on disk.
 *   <li>The caller takes the clean mark away: from here on a crash leaves a log that is read as after a crash.
 *   <li>{@link #open} erases what lies beyond the end, durably, before anything is appended: it could come back to life
 *       behind new records. A crash in the middle of that leaves less of the same for the next open. Then it opens the
 *       segments, the last one for appending.
 * </ol>
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final IndexLoader loader;
    private final LogScan.Result scan;

    private Recovery(StoreDirectory directory, StoreFileLayout store, IndexLoader loader, LogScan.Result scan) {
        this.directory = directory;
        this.store = store;
        this.loader = loader;
        this.scan = scan;
    }

    /**
     * Reads the log.
     *
     * @param directory of the store, locked
     * @param store which store
     * @param mark the clean mark, or null after a crash
     * @param catalog gets the buckets and their keys
     * @param storeName for the names of threads
     * @return what was found
     * @throws KVCorruptionException if the log is damaged
     * @throws IOException if it cannot be read
     */
    public static Recovery read(
            StoreDirectory directory,
            StoreFileLayout store,
            @Nullable CleanMarkLayout mark,
            BucketCatalog catalog,
            String storeName)
            throws IOException {
        IndexLoader loader = new IndexLoader(catalog);
        KeyHash hash = new KeyHash(store.secret0(), store.secret1());
        try (RecordPipe pipe = new RecordPipe(storeName)) {
            pipe.start(() -> new LogScan(directory, store, hash, mark, pipe).run());
            return new Recovery(directory, store, loader, pipe.drainTo(loader));
        } catch (InconsistentRecordException e) {
            String name = FileNames.segment(e.slot + 1);
            throw new KVCorruptionException(
                    "segment " + (e.slot + 1) + " (" + directory.path().resolve(name) + "), offset " + e.offset
                            + ": a record contradicts the log before it: " + e.getMessage() + ": restore a backup",
                    e);
        }
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
     * How many records were read.
     *
     * @return the count, seals left out
     */
    public long records() {
        return scan.records();
    }

    /**
     * Makes the log ready to go on.
     *
     * @param segmentSize of a segment that has to be made
     * @return its segments, at least one
     * @throws IOException if a file cannot be cut, removed, or opened
     */
    public SegmentSet open(int segmentSize) throws IOException {
        erase();
        return openSegments(new SegmentFiles(directory, store), segmentSize);
    }

    /**
     * Removes and cuts.
     *
     * <p>Crash story: segments go from the last one down, each durably, so that those that are left have no gap.
     */
    private void erase() throws IOException {
        List<End> segments = scan.segments();
        if (scan.discarded()) {
            LOG.warn(
                    "store {}: discards what a crash left behind the end of the log, after {} of {} segment files",
                    directory.path(),
                    segments.size(),
                    scan.present());
        }
        // A torn segment behind a complete one keeps its name; it is made anew in place below.
        int kept = segments.size() + (scan.complete() ? 1 : 0);
        for (int number = scan.present(); number > kept; number--) {
            directory.delete(FileNames.segment(number));
            directory.sync();
        }
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

    private SegmentSet openSegments(SegmentFiles files, int segmentSize) throws IOException {
        SegmentSet set = new SegmentSet();
        for (int slot = 0; slot < scan.segments().size(); slot++) {
            End end = scan.segments().get(slot);
            int capacity = end.sealed() ? end.offset() : Math.max(segmentSize, end.offset() + RecordLayout.SEAL_SIZE);
            Segment segment = files.open(slot + 1, set.nextSlot(), end.offset(), capacity);
            segment.restoreEstimates(loader.appendedEstimate(slot), loader.liveEstimate(slot));
            set.add(segment);
        }
        if (scan.complete()) {
            int slot = set.nextSlot();
            set.add(files.create(slot + 1, slot, segmentSize));
        }
        return set;
    }
}
