package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.AppendMode;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.internal.merge.Merger;
import io.kvstore.internal.recovery.OpenProgress;
import io.kvstore.internal.recovery.Recovery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The parts of an open store: how they are made of what recovery finds, and wired.
 *
 * @param home the directory, and the lock on it
 * @param context log, index, pins and clock, which all others share
 * @param engine the reading side
 * @param writer the writing side
 * @param merger the merges
 * @param figures what opening has come to
 */
record StoreParts(
        StoreHome home, MergeContext context, Engine engine, Writer writer, Merger merger, StoreFigures.Open figures) {
    /** How many times as long as in {@code OS} the sync in {@code BUFFERED} may take. */
    private static final int BUFFERED_INTERVALS = 10;

    /**
     * Opens the parts of the store in a directory. Their threads are still to be started.
     *
     * @param home the directory, held; the caller closes it if this throws
     * @param options how to open it
     * @param sizes of segments
     * @param progress is told how far it has come
     * @param clock by which records expire
     * @param hook is told of the points of merges
     */
    static StoreParts open(
            StoreHome home,
            KVOptions options,
            SegmentSizes sizes,
            OpenProgress progress,
            ExpiryClock clock,
            MergePoint.Hook hook)
            throws IOException {
        Path path = home.directory().path();
        String name = String.valueOf(path.getFileName());
        ManifestFile manifest = new ManifestFile(home.directory(), home.store());
        CleanMarkLayout mark = home.readCleanMark();
        Recovery recovery = Recovery.read(home.directory(), home.store(), manifest.read(), mark, progress, name);
        if (!options.readOnly()) {
            home.removeCleanMark();
        }
        Duration interval = switch (options.durability()) {
            case SYNC -> Duration.ZERO;
            case OS -> options.syncInterval();
            case BUFFERED -> options.syncInterval().multipliedBy(BUFFERED_INTERVALS);
        };
        AppendMode mode = options.durability() == Durability.SYNC ? AppendMode.WRITTEN : AppendMode.MAPPED;
        Recovery.Opened segments = options.readOnly() ? recovery.openReadOnly() : recovery.open(sizes, mode);
        Log log = new Log(
                segments.files(),
                segments.segments(),
                segments.active(),
                recovery.sequence(),
                new Log.Settings(sizes, interval, name));
        MergeContext context = new MergeContext(
                log,
                segments.files(),
                manifest,
                recovery.catalog(),
                new KeyHash(home.store().secret0(), home.store().secret1()),
                new ReaderPins(),
                clock,
                new ReentrantLock());
        try (Undo undo = new Undo(log::close)) {
            Engine engine = new Engine(path, context);
            Writer writer = new Writer(engine, options);
            Merger merger = new Merger(
                    context,
                    new Merger.Settings(
                            options.autoMerge(),
                            options.mergeGarbageRatio(),
                            options.mergeBandwidth(),
                            sizes,
                            name,
                            hook));
            StoreFigures.Open figures = new StoreFigures.Open(
                    progress.elapsed(),
                    recovery.records(),
                    progress.done(),
                    progress.fromHints(),
                    mark == null && recovery.sequence() > 0);
            undo.keep();
            return new StoreParts(home, context, engine, writer, merger, figures);
        }
    }
}
