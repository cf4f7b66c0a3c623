package io.kvstore.internal.engine;

import io.kvstore.KVBackupOptions;
import io.kvstore.KVBackupProgress;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.ReadOnlyDirectory;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.LogTail;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.merge.MergeContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one backup: all segments as they are at one moment, and the small files that make a store of them, closed
 * cleanly at that moment. Sealed segments do not change any more and become hard links where that can be; of the active
 * one what is there at that moment is copied. Merges go on, and leave the files of that moment alone until the end.
 *
 * <p>Crash story: the store file gets its name last, after all else is durable. Without it the directory is no store,
 * and what the store file is called before tells why.
 */
final class Backup {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);
    private static final int CHUNK = 1 << 20;

    private final Engine engine;
    private final MergeContext context;
    private final SegmentFiles files;
    private final StoreDirectory target;
    private final KVBackupOptions options;
    private final @Nullable DiskDirectory previous;
    private final long startNanos = System.nanoTime();

    /** Names in the target that were made, the last one first. */
    private final Deque<String> made = new ArrayDeque<>();

    private int done;
    private long linkedBytes;
    private long copiedBytes;

    Backup(Engine engine, MergeContext context, StoreDirectory target, KVBackupOptions options) {
        this.engine = engine;
        this.context = context;
        this.files = context.files();
        this.target = target;
        this.options = options;
        Path older = options.previous();
        this.previous = older == null ? null : new DiskDirectory(older);
    }

    /**
     * The store at one moment.
     *
     * @param sealed segments that do not change any more
     * @param active the one that goes on
     * @param mark how it stood
     * @param manifest of the backup
     * @param hold on all segments, the active one too: it may be sealed, and merged away, before its turn comes
     */
    private record Moment(
            List<Segment> sealed,
            Segment active,
            CleanMarkLayout mark,
            ManifestLayout manifest,
            SegmentFiles.Hold hold) {
        long bytes() {
            return mark.end() + sealed.stream().mapToLong(Segment::end).sum();
        }
    }

    KVBackupProgress run() throws IOException {
        DirectoryLock ofOlder = previous == null ? null : lockOlder(previous);
        try (ofOlder) {
            return runOnItsOwn();
        }
    }

    private KVBackupProgress runOnItsOwn() throws IOException {
        DirectoryLock lock = target.lock(FileNames.LOCK);
        try (lock) {
            requireStillEmpty();
            made.push(FileNames.LOCK);
            return runLocked();
        }
    }

    /**
     * Another backup may have been made here since the directory was looked at, whose files are links to the store's.
     */
    private void requireStillEmpty() throws IOException {
        for (String name : target.list()) {
            if (!name.equals(FileNames.LOCK)) {
                throw StoreHome.notEmpty(target.path(), name);
            }
        }
    }

    private KVBackupProgress runLocked() throws IOException {
        try (Undo undo = new Undo(this::removeMade)) {
            Moment moment = take();
            SegmentFiles.Hold hold = moment.hold();
            try (hold) {
                copy(moment);
            }
            undo.keep();
            return progress(moment);
        }
    }

    /**
     * An older backup is a store, complete, and not the one that is backed up. It is locked as by a reader: a writer
     * may merge a segment away, and empty its file, just when it was linked.
     */
    private DirectoryLock lockOlder(DiskDirectory older) throws IOException {
        if (DiskDirectory.isSame(older.path(), files.directory().path())) {
            throw new IllegalArgumentException(older.path() + " is the store itself, not an older backup of it");
        }
        if (!DiskDirectory.isDirectory(older.path()) || !older.list().contains(FileNames.STORE)) {
            throw new KVException(
                    KVErrorCode.NOT_A_STORE, older.path() + " is no complete backup: give another as the previous one");
        }
        return new ReadOnlyDirectory(older.path()).lock(FileNames.LOCK);
    }

    private Moment take() {
        Log log = context.log();
        log.lock().lock();
        try {
            engine.requireOpen();
            // What a write that was cut off has left would be in the copy.
            log.requireHealthy();
            Segment active = log.tail().active();
            List<Segment> sealed = log.sealedSegments();
            LogTail.Snapshot snapshot = log.tail().snapshot();
            List<Integer> numbers = new ArrayList<>(List.of(active.number()));
            sealed.forEach(segment -> numbers.add(segment.number()));
            return new Moment(
                    sealed,
                    active,
                    new CleanMarkLayout(active.number(), active.end(), snapshot.sequence()),
                    context.manifest(snapshot, sealed),
                    files.hold(numbers));
        } finally {
            log.lock().unlock();
        }
    }

    private void copy(Moment moment) throws IOException {
        StoreFileLayout store = files.store();
        write(FileNames.STORE_OF_BACKUP, store.encode());
        for (Segment segment : moment.sealed()) {
            addSealed(segment);
            count(moment);
        }
        copyFile(FileNames.segment(moment.active().number()), moment.mark().end());
        copiedBytes += moment.mark().end();
        count(moment);
        write(FileNames.MANIFEST, moment.manifest().encode(store.storeId()));
        write(FileNames.CLEAN_MARK, moment.mark().encode(store.storeId()));
        target.sync();
        target.rename(FileNames.STORE_OF_BACKUP, FileNames.STORE);
        made.push(FileNames.STORE);
        target.sync();
    }

    private void addSealed(Segment segment) throws IOException {
        String name = FileNames.segment(segment.number());
        // Linked before it is on stable storage, it would be no better than the store after a power failure.
        if (!segment.isDurable()) {
            context.log().awaitSynced(context.log().position());
        }
        if (link(segment, name)) {
            linkedBytes += segment.end();
        } else {
            copyFile(name, segment.end());
            copiedBytes += segment.end();
        }
        String hint = FileNames.hint(segment.number());
        if (segment.isHinted() && !(options.hardLinks() && linkFrom(files.directory(), hint))) {
            copyHint(hint);
        }
    }

    private boolean link(Segment segment, String name) throws IOException {
        DiskDirectory older = previous;
        if (options.hardLinks() && linkFrom(files.directory(), name)) {
            return true;
        }
        if (older == null || !isSame(older, segment, name) || !linkFrom(older, name)) {
            return false;
        }
        // Who copied the older backup to where it is may not have synced it.
        try (StoreFile file = target.open(name)) {
            file.force();
        }
        return true;
    }

    private boolean linkFrom(StoreDirectory source, String name) throws IOException {
        boolean linked = source.linkInto(target.path(), name);
        if (linked) {
            made.push(name);
        }
        return linked;
    }

    /**
     * Whether an older backup has the same segment, by its header, which has a number drawn for it alone, its seal, and
     * its length.
     */
    private boolean isSame(StoreDirectory older, Segment segment, String name) throws IOException {
        if (!older.list().contains(name)) {
            return false;
        }
        try (StoreFile file = older.open(name);
                StoreFile own = files.directory().open(name)) {
            long end = segment.end();
            return file.length() >= end
                    && equal(file, own, 0, SegmentHeader.SIZE)
                    && equal(file, own, end - RecordLayout.SEAL_SIZE, RecordLayout.SEAL_SIZE);
        }
    }

    private static boolean equal(StoreFile file, StoreFile other, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        byte[] otherBytes = new byte[length];
        return file.read(offset, bytes, 0, length) == length
                && other.read(offset, otherBytes, 0, length) == length
                && Arrays.equals(bytes, otherBytes);
    }

    private void copyHint(String name) throws IOException {
        long length;
        try (StoreFile source = files.directory().open(name)) {
            length = source.length();
        }
        copyFile(name, length);
    }

    private void copyFile(String name, long length) throws IOException {
        byte[] bytes = new byte[(int) Math.min(CHUNK, length)];
        try (StoreFile source = files.directory().open(name);
                StoreFile copy = create(name)) {
            for (long position = 0; position < length; ) {
                engine.requireOpenNow();
                int n = (int) Math.min(bytes.length, length - position);
                if (source.read(position, bytes, 0, n) < n) {
                    throw new IOException(
                            files.directory().path().resolve(name) + " is shorter than " + length + " bytes");
                }
                copy.write(position, bytes, 0, n);
                position += n;
            }
            copy.force();
        }
    }

    private void write(String name, byte[] content) throws IOException {
        try (StoreFile file = create(name)) {
            file.write(0, content, 0, content.length);
            file.force();
        }
    }

    private StoreFile create(String name) throws IOException {
        StoreFile file = target.create(name);
        made.push(name);
        return file;
    }

    private void count(Moment moment) {
        engine.requireOpenNow();
        done++;
        options.listener().accept(progress(moment));
    }

    private KVBackupProgress progress(Moment moment) {
        return new KVBackupProgress(
                moment.sealed().size() + 1,
                done,
                moment.bytes(),
                linkedBytes,
                copiedBytes,
                Duration.ofNanos(System.nanoTime() - startNanos));
    }

    private void removeMade() {
        for (String name : made) {
            try {
                target.delete(name);
                if (name.equals(FileNames.STORE)) {
                    // Durably, before the rest goes: a power loss may not leave a store without its files.
                    target.sync();
                }
            } catch (IOException e) {
                LOG.warn(
                        "{} of a backup that was given up is still there",
                        target.path().resolve(name),
                        e);
                if (name.equals(FileNames.STORE)) {
                    return;
                }
            }
        }
    }
}
