package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.internal.file.FileErrors;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.recovery.Recovery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;

/** A store in a directory: wires its parts, opens and closes them. Its verbs are those of its default bucket. */
public final class FileStore extends Bucket implements KVStore {
    /** How many times as long as in {@code OS} the sync in {@code BUFFERED} may take. */
    private static final int BUFFERED_INTERVALS = 10;

    private final StoreHome home;
    private final Log log;
    private final BucketCatalog catalog;
    private final Engine engine;
    private final KVOptions options;
    private final Duration openTime;
    private final long recoveredRecords;

    /** Guarded by this. */
    private boolean closed;

    private FileStore(Opening opening, KVOptions options, long startNanos) {
        super(opening.engine, options, "");
        this.home = opening.home;
        this.log = opening.log;
        this.catalog = opening.catalog;
        this.engine = opening.engine;
        this.options = options;
        this.recoveredRecords = opening.recoveredRecords;
        this.openTime = Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** The parts of an open store. */
    private record Opening(StoreHome home, Log log, BucketCatalog catalog, Engine engine, long recoveredRecords) {}

    /**
     * Opens the store in a directory of the disk.
     *
     * @param path absent, empty, or a store
     * @param options how to open it
     * @return the store
     * @throws KVException as {@link KVStore#open(Path, KVOptions)} says
     */
    public static FileStore open(Path path, KVOptions options) {
        try {
            return open(StoreHome.directory(path, options.createIfMissing()), options);
        } catch (IOException e) {
            throw openFailed(path, e);
        }
    }

    /**
     * Opens the store in a directory.
     *
     * @param directory empty, or a store
     * @param options how to open it
     * @return the store
     * @throws KVException as {@link KVStore#open(Path, KVOptions)} says
     */
    public static FileStore open(StoreDirectory directory, KVOptions options) {
        long start = System.nanoTime();
        int segmentSize = (int) RecordLayout.align(options.segmentSize());
        try {
            StoreHome home = StoreHome.open(directory, options, segmentSize);
            boolean opened = false;
            try {
                FileStore store = new FileStore(open(home, options, segmentSize), options, start);
                opened = true;
                return store;
            } finally {
                if (!opened) {
                    home.close();
                }
            }
        } catch (IOException e) {
            throw openFailed(directory.path(), e);
        }
    }

    private static KVException openFailed(Path path, IOException cause) {
        return FileErrors.toStoreError(cause, "the store " + path + " was not opened");
    }

    private static Opening open(StoreHome home, KVOptions options, int segmentSize) throws IOException {
        Path path = home.directory().path();
        String name = String.valueOf(path.getFileName());
        BucketCatalog catalog = new BucketCatalog();
        Recovery recovery = Recovery.read(home.directory(), home.store(), home.readCleanMark(), catalog, name);
        home.removeCleanMark();
        Duration interval = switch (options.durability()) {
            case SYNC -> Duration.ZERO;
            case OS -> options.syncInterval();
            case BUFFERED -> options.syncInterval().multipliedBy(BUFFERED_INTERVALS);
        };
        Log log = new Log(
                new SegmentFiles(home.directory(), home.store()),
                recovery.open(segmentSize),
                recovery.sequence(),
                new Log.Settings(segmentSize, interval, name));
        boolean opened = false;
        try {
            log.start();
            KeyHash hash = new KeyHash(home.store().secret0(), home.store().secret1());
            Engine engine = new Engine(path, log, catalog, hash, options.durability());
            opened = true;
            return new Opening(home, log, catalog, engine, recovery.records());
        } finally {
            if (!opened) {
                log.close();
            }
        }
    }

    @Override
    public KVBucket bucket(String name) {
        engine.requireOpenNow();
        return new Bucket(engine, options, requireName(name));
    }

    @Override
    public Set<String> bucketNames() {
        engine.requireOpenNow();
        return Collections.unmodifiableSet(catalog.names());
    }

    @Override
    public boolean dropBucket(String name) {
        return engine.dropBucket(requireName(name));
    }

    private static String requireName(String name) {
        Objects.requireNonNull(name, "name");
        if (BucketNames.encode(name) == null) {
            throw new KVException(
                    KVErrorCode.INVALID_BUCKET_NAME,
                    (name.isEmpty() ? "empty bucket name" : "bucket name of " + name.length() + " characters")
                            + ": a name makes 1 to " + BucketNames.MAX_LENGTH
                            + " bytes of UTF-8 (a letter may take up to 3), and has no half of a surrogate pair; the"
                            + " default bucket is the store itself");
        }
        return name;
    }

    @Override
    public void sync() {
        engine.sync();
    }

    @Override
    public KVStats stats() {
        engine.requireOpenNow();
        Log.Figures figures = log.figures();
        Engine.Counters counters = engine.counters();
        long keys = 0;
        long indexBytes = 0;
        for (BucketIndex bucket : catalog.all()) {
            keys += bucket.index().size();
            indexBytes += bucket.index().memoryBytes();
        }
        double live = figures.logBytes() == 0 ? 1 : (double) figures.liveBytes() / figures.logBytes();
        return new KVStats(
                keys,
                catalog.names().size(),
                figures.segments(),
                figures.diskBytes(),
                figures.logBytes(),
                figures.liveBytes(),
                1 - live,
                indexBytes,
                counters.puts(),
                counters.deletes(),
                counters.hits(),
                counters.misses(),
                figures.syncs(),
                figures.rolls(),
                figures.stalls(),
                Duration.ofNanos(figures.stalledNanos()),
                openTime,
                recoveredRecords);
    }

    /**
     * Closes the store. Whatever fails, files, threads and the lock are given up.
     *
     * <p>Crash story: the log is synced first, so that from there on nothing can be lost; the clean mark comes last.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        engine.shutOut();
        try (StoreHome lastOfAll = home) {
            CleanMarkLayout mark;
            try (Log closing = log) {
                closing.awaitSynced(closing.position());
                mark = closing.cleanMark();
            }
            lastOfAll.writeCleanMark(mark);
        } catch (IOException e) {
            throw FileErrors.toStoreError(
                    e, "the store " + home.directory().path() + " was closed, and will be read as after a crash");
        }
    }

    @Override
    public String toString() {
        return "KVStore[" + home.directory().path() + "]";
    }
}
