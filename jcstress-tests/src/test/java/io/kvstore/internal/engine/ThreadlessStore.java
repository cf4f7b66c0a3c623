package io.kvstore.internal.engine;

import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.AppendMode;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.recovery.OpenProgress;
import io.kvstore.internal.recovery.Recovery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The real parts of a store of tiny segments, of which none has a thread: who writes makes the next segment himself. A
 * model checker can go through all that happens in it.
 */
final class ThreadlessStore {
    private static final int SEGMENT_SIZE = (int) KVOptions.MIN_SEGMENT_SIZE;
    private static final KVOptions OPTIONS =
            KVOptions.builder().segmentSize(SEGMENT_SIZE).build();
    private static final Limits LIMITS = new Limits(OPTIONS);

    private final Engine engine;
    private final Writer writer;
    private final BatchWriter batches;

    private ThreadlessStore(MergeContext parts) {
        engine = new Engine(parts.files().directory().path(), parts);
        writer = new Writer(engine, OPTIONS);
        batches = new BatchWriter(engine, writer);
    }

    /** A new store in a new directory, which is left as it is in the end. */
    static ThreadlessStore open(Supplier<StoreDirectory> directories) {
        StoreDirectory directory = directories.get();
        try {
            StoreHome home = StoreHome.open(directory, OPTIONS, SEGMENT_SIZE);
            ManifestFile manifest = new ManifestFile(home.directory(), home.store());
            OpenProgress progress = new OpenProgress(directory.path(), OPTIONS.openListener());
            Recovery recovery = Recovery.read(
                    home.directory(), home.store(), manifest.read(), home.readCleanMark(), progress, "threadless");
            Recovery.Opened opened = recovery.open(SEGMENT_SIZE, AppendMode.MAPPED);
            Log log = new Log(
                    opened.files(),
                    opened.segments(),
                    opened.active(),
                    recovery.sequence(),
                    new Log.Settings(SEGMENT_SIZE, Duration.ZERO, "threadless"));
            return new ThreadlessStore(new MergeContext(
                    log,
                    opened.files(),
                    manifest,
                    recovery.catalog(),
                    new KeyHash(home.store().secret0(), home.store().secret1()),
                    new ReaderPins(),
                    new ExpiryClock(System::currentTimeMillis),
                    new ReentrantLock()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    KVBucket bucket(String name) {
        return new Bucket(engine, writer, LIMITS, name);
    }

    KVBatch batch() {
        return new Batch(engine, batches, LIMITS);
    }
}
