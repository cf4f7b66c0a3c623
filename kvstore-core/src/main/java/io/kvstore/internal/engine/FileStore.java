package io.kvstore.internal.engine;

import io.kvstore.KVBackupOptions;
import io.kvstore.KVBackupProgress;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVRepairReport;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.KVVerifyProgress;
import io.kvstore.KVVerifyReport;
import io.kvstore.KVWork;
import io.kvstore.internal.event.OptionalModules;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.FileErrors;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.internal.merge.Merger;
import io.kvstore.internal.recovery.OpenProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A store in a directory: wires its parts, opens and closes them. Its verbs are those of its default bucket. */
public final class FileStore extends Bucket implements KVStore {
    private final StoreHome home;
    private final Log log;
    private final Engine engine;
    private final Writer writer;
    private final BatchWriter batches;
    private final Merger merger;
    private final MergeContext context;
    private final Limits limits;
    private final boolean readOnly;
    private final StoreFigures figures;

    /** Takes the bean of this store away again. Written before anybody has the store. */
    private Runnable unregister = () -> {};

    /**
     * Backups and checks hold it for reading, and look now and then whether the store is still open; a close waits
     * until nobody does.
     */
    private final ReentrantReadWriteLock uses = new ReentrantReadWriteLock();

    /** Held by the thread that closes the store. */
    private final ReentrantLock closing = new ReentrantLock();

    /** Guarded by {@link #closing}. */
    private boolean closed;

    private FileStore(StoreParts parts, KVOptions options) {
        super(parts.engine(), parts.writer(), new Limits(options), "");
        this.home = parts.home();
        this.context = parts.context();
        this.log = context.log();
        this.engine = parts.engine();
        this.writer = parts.writer();
        this.batches = new BatchWriter(engine, writer);
        this.merger = parts.merger();
        this.limits = new Limits(options);
        this.readOnly = options.readOnly();
        this.figures = new StoreFigures(context, engine, writer, merger, parts.figures());
    }

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
            return open(StoreHome.directory(path, options), options);
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
        return open(directory, options, System::currentTimeMillis, MergePoint.Hook.NONE);
    }

    /**
     * Opens the store in a directory, with what tests put in place of the clock, and between the steps of merges.
     *
     * @param directory empty, or a store
     * @param options how to open it
     * @param wallClock tells milliseconds since 1970 UTC
     * @param hook is told of the points of merges
     * @return the store
     * @throws KVException as {@link KVStore#open(Path, KVOptions)} says
     */
    public static FileStore open(
            StoreDirectory directory, KVOptions options, LongSupplier wallClock, MergePoint.Hook hook) {
        requireBean(options);
        StoreEvents.Opening event = StoreEvents.of(directory.path()).opening();
        OpenProgress progress = new OpenProgress(directory.path(), options.openListener());
        SegmentSizes sizes = new SegmentSizes((int) RecordLayout.align(options.segmentSize()));
        try {
            StoreHome home = options.readOnly()
                    ? StoreHome.openReadOnly(directory)
                    : StoreHome.open(directory, options, sizes.of(0));
            FileStore store;
            StoreFigures.Open figures;
            try (Undo closing = new Undo(home::close)) {
                StoreParts parts = StoreParts.open(home, options, sizes, progress, new ExpiryClock(wallClock), hook);
                figures = parts.figures();
                store = new FileStore(parts, options);
                closing.keep();
            }
            // From here on all of it is closed again if anything fails: no thread may go on in a directory given free.
            try (Undo closing = new Undo(store::close)) {
                store.start(options);
                progress.finished(figures.records());
                event.end(
                        figures.segments(),
                        figures.fromHints(),
                        figures.records(),
                        figures.afterCrash(),
                        options.readOnly());
                closing.keep();
            }
            return store;
        } catch (IOException e) {
            throw openFailed(directory.path(), e);
        }
    }

    private static void requireBean(KVOptions options) {
        if (options.jmx() && !OptionalModules.hasManagement()) {
            throw new KVException(
                    KVErrorCode.INVALID_OPTION,
                    "option jmx=true: this Java has no module java.management; add it to the image, or leave the option"
                            + " out");
        }
    }

    private void start(KVOptions options) {
        if (!readOnly) {
            log.start(merger::rolled);
            merger.start();
        }
        if (options.jmx()) {
            unregister = StoreBean.register(this, home.directory().path());
        }
    }

    private static KVException openFailed(Path path, IOException cause) {
        return FileErrors.toStoreError(cause, "the store " + path + " was not opened");
    }

    @Override
    public KVBucket bucket(String name) {
        engine.requireOpenNow();
        return new Bucket(engine, writer, limits, Limits.requireBucketName(name));
    }

    @Override
    public Set<String> bucketNames() {
        engine.requireOpenNow();
        return Collections.unmodifiableSet(engine.bucketNames());
    }

    @Override
    public boolean dropBucket(String name) {
        return writer.dropBucket(Limits.requireBucketName(name));
    }

    @Override
    public KVBatch batch() {
        engine.requireOpenNow();
        return new Batch(engine, batches, limits);
    }

    @Override
    public KVTransaction begin() {
        return Transaction.begin(engine, batches, writer.versions(), limits);
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T transact(KVWork<T, E> work) throws E {
        return Retries.run(this::begin, work);
    }

    @Override
    public void sync() {
        engine.sync();
    }

    /** The merges of this store. */
    Merger merger() {
        return merger;
    }

    @Override
    public void merge() {
        engine.requireOpenNow();
        writer.requireWritable();
        merger.mergeAll();
    }

    @Override
    public KVBackupProgress backup(Path directory, KVBackupOptions backup) {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(backup, "options");
        engine.requireOpenNow();
        try {
            StoreHome.requireEmpty(directory);
            return backup(new DiskDirectory(directory), backup);
        } catch (IOException e) {
            throw backupFailed(directory, e);
        }
    }

    /** Makes a backup in an empty directory. */
    KVBackupProgress backup(StoreDirectory target, KVBackupOptions backup) {
        // Held against a close: the files stay until the backup has ended.
        uses.readLock().lock();
        try {
            return new Backup(engine, context, target, backup).run();
        } catch (IOException e) {
            throw backupFailed(target.path(), e);
        } finally {
            uses.readLock().unlock();
        }
    }

    private static KVException backupFailed(Path directory, IOException cause) {
        return FileErrors.toStoreError(cause, "the backup " + directory + " was not made");
    }

    /** Puts what was saved from another store. */
    void restore(String bucket, byte[] key, byte[] value, long expiryMillis) {
        writer.put(bucket.isEmpty() ? this : new Bucket(engine, writer, limits, bucket), key, value, expiryMillis);
    }

    /**
     * Saves what is intact in a damaged store into a new one.
     *
     * @param damaged directory of the damaged store
     * @param target absent or empty
     * @return what was saved and what was lost
     */
    public static KVRepairReport repair(Path damaged, Path target) {
        return Repair.run(damaged, target);
    }

    @Override
    public KVVerifyReport verify(Consumer<KVVerifyProgress> listener) {
        Objects.requireNonNull(listener, "listener");
        uses.readLock().lock();
        try {
            return new Verifier(engine, context, listener).run();
        } catch (IOException e) {
            throw FileErrors.toStoreError(e, "the store was not checked to its end");
        } finally {
            uses.readLock().unlock();
        }
    }

    @Override
    public KVStats stats() {
        engine.requireOpenNow();
        return figures.stats();
    }

    /**
     * Closes the store. Whatever fails, files, threads and the lock are given up.
     *
     * <p>Crash story: the log is synced first, so that from there on nothing can be lost. The clean mark comes when all
     * files are as they should be; the hints after it, which the next open can do without, and which take no room from
     * anything else.
     */
    @Override
    public void close() {
        // By a listener of a backup or a check, which ends when the listener returns: it waits for nobody, since the
        // close of another thread may be waiting for it.
        boolean inUse = uses.getReadHoldCount() > 0;
        if (!inUse) {
            closing.lock();
        } else if (!closing.tryLock()) {
            return;
        }
        try {
            if (!closed) {
                closed = true;
                unregister.run();
                close(inUse);
            }
        } finally {
            closing.unlock();
        }
    }

    private void close(boolean inUse) {
        engine.shutOut();
        merger.close();
        Lock others = inUse ? uses.readLock() : uses.writeLock();
        others.lock();
        try {
            closeFiles();
        } finally {
            others.unlock();
        }
    }

    private void closeFiles() {
        try (StoreHome lastOfAll = home) {
            CleanMarkLayout mark;
            try (Log closing = log) {
                if (readOnly) {
                    return;
                }
                closing.awaitSynced(closing.position());
                mark = closing.tail().cleanMark();
            }
            lastOfAll.writeCleanMark(mark);
            if (home.directory().isKept()) {
                merger.makeLastHints();
            }
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
