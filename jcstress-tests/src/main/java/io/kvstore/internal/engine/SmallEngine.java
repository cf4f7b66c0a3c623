package io.kvstore.internal.engine;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.log.SegmentSet;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.stress.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** The engine of a store of two segments in memory, none of whose threads was started, for harnesses of the engine. */
abstract class SmallEngine {
    private static final StoreFileLayout STORE = new StoreFileLayout(new UUID(1, 2), 3, 4, 1_767_225_600_000L);
    private static final int CAPACITY = 2048;

    final byte[] key = {1};
    final int recordSize = record(0).size();
    final MemoryDirectory directory = new MemoryDirectory();
    final ReaderPins pins = new ReaderPins();
    final BucketCatalog catalog = new BucketCatalog();
    final KeyHash hash = new KeyHash(1, 2);
    final Segment victim;
    final Log log;
    final Engine engine;

    SmallEngine() {
        SegmentFiles files = new SegmentFiles(directory, STORE, 1);
        SegmentSet segments = new SegmentSet();
        try {
            victim = files.create(1, segments.takeSlot(), CAPACITY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        segments.add(victim);
        log = new Log(files, segments, victim, 0, new Log.Settings(new SegmentSizes(CAPACITY), Duration.ZERO, "small"));
        engine = new Engine(
                directory.path(),
                new MergeContext(
                        log,
                        files,
                        new ManifestFile(directory, STORE),
                        catalog,
                        hash,
                        pins,
                        new ExpiryClock(() -> 0),
                        new ReentrantLock()));
    }

    private RecordBuffer record(int value) {
        return new RecordBuffer().encode(RecordLayout.KIND_PUT, key, new byte[] {(byte) value});
    }

    /** Appends a record of the key with a value of one byte; tells its location. */
    final long append(BucketIndex bucket, int value) {
        RecordBuffer record = record(value);
        log.lock().lock();
        try {
            log.tail().reserve(record.size());
            long address = log.tail().append(record, bucket.id());
            int sizeClass = SizeClass.of(record.size());
            log.addLive(Log.slot(address), SizeClass.bound(sizeClass));
            return Writer.location(address, sizeClass, false);
        } finally {
            log.lock().unlock();
        }
    }

    /** The value of the key in a bucket that was found before; 0 if it is absent, -1 if the read has failed. */
    final int get(BucketIndex bucket) {
        try {
            byte[] value = engine.get(bucket, key);
            return value == null ? 0 : value[0];
        } catch (RuntimeException e) {
            return -1;
        }
    }

    /** Waits for the readers, and takes the first segment away, as the end of a merge does. */
    final void removeVictim() {
        pins.drain();
        log.lock().lock();
        try {
            log.turnover().remove(victim);
        } finally {
            log.lock().unlock();
        }
        directory.deleteAndFree(FileNames.segment(victim.number()));
    }
}
