package io.kvstore.internal.engine;

import io.kvstore.KVBackupOptions;
import io.kvstore.KVBackupProgress;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.KVVerifyProgress;
import io.kvstore.KVVerifyReport;
import io.kvstore.KVWork;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.AppendMode;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.merge.MergeOnce;
import io.kvstore.internal.recovery.OpenProgress;
import io.kvstore.internal.recovery.Recovery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The real parts of a store of tiny segments, of which none has a thread: who writes makes the next segment himself. A
 * model checker can go through all that happens in it.
 */
public final class ThreadlessStore extends Bucket implements KVStore {
    private static final int SEGMENT_SIZE = (int) KVOptions.MIN_SEGMENT_SIZE;
    private static final KVOptions OPTIONS =
            KVOptions.builder().segmentSize(SEGMENT_SIZE).build();
    private static final Limits LIMITS = new Limits(OPTIONS);

    private final MergeContext parts;
    private final Engine engine;
    private final Writer writer;
    private final BatchWriter batches;

    private ThreadlessStore(MergeContext parts, Engine engine) {
        this(parts, engine, new Writer(engine, OPTIONS));
    }

    private ThreadlessStore(MergeContext parts, Engine engine, Writer writer) {
        super(engine, writer, LIMITS, "");
        this.parts = parts;
        this.engine = engine;
        this.writer = writer;
        this.batches = new BatchWriter(engine, writer);
    }

    /**
     * A new store in a new directory, which is left as it is in the end.
     *
     * @param directories gives the directory
     * @return the store
     */
    public static ThreadlessStore open(Supplier<StoreDirectory> directories) {
        StoreDirectory directory = directories.get();
        try {
            StoreHome home = StoreHome.open(directory, OPTIONS, SEGMENT_SIZE);
            ManifestFile manifest = new ManifestFile(home.directory(), home.store());
            OpenProgress progress = new OpenProgress(directory.path(), OPTIONS.openListener());
            Recovery recovery = Recovery.read(
                    home.directory(), home.store(), manifest.read(), home.readCleanMark(), progress, "threadless");
            Recovery.Opened opened = recovery.open(new SegmentSizes(SEGMENT_SIZE), AppendMode.MAPPED);
            Log log = new Log(
                    opened.files(),
                    opened.segments(),
                    opened.active(),
                    recovery.sequence(),
                    new Log.Settings(new SegmentSizes(SEGMENT_SIZE), Duration.ZERO, "threadless"));
            MergeContext parts = new MergeContext(
                    log,
                    opened.files(),
                    manifest,
                    recovery.catalog(),
                    new KeyHash(home.store().secret0(), home.store().secret1()),
                    new ReaderPins(),
                    new ExpiryClock(System::currentTimeMillis),
                    new ReentrantLock());
            return new ThreadlessStore(parts, new Engine(directory.path(), parts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public KVBucket bucket(String name) {
        return new Bucket(engine, writer, LIMITS, name);
    }

    @Override
    public Set<String> bucketNames() {
        return engine.bucketNames();
    }

    @Override
    public boolean dropBucket(String name) {
        return writer.dropBucket(name);
    }

    @Override
    public KVBatch batch() {
        return new Batch(engine, batches, LIMITS);
    }

    @Override
    public KVTransaction begin() {
        return Transaction.begin(engine, batches, writer.versions(), LIMITS);
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T transact(KVWork<T, E> work) throws E {
        return Retries.run(this::begin, work);
    }

    @Override
    public void sync() {
        engine.sync();
    }

    /** Merges all that was written so far. */
    @Override
    public synchronized void merge() {
        MergeOnce.run(parts, SEGMENT_SIZE);
    }

    @Override
    public KVBackupProgress backup(Path directory, KVBackupOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KVVerifyReport verify(Consumer<KVVerifyProgress> listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KVStats stats() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // nothing runs, and the directory goes with the test
    }
}
