package io.kvstore.internal.engine;

import io.kvstore.KVStats;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.SegmentState;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.merge.Merger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gathers what the context of a store tell of themselves. */
final class StoreFigures {
    private final MergeContext context;
    private final Engine engine;
    private final Writer writer;
    private final Merger merger;
    private final Open open;

    StoreFigures(MergeContext context, Engine engine, Writer writer, Merger merger, Open open) {
        this.context = context;
        this.engine = engine;
        this.writer = writer;
        this.merger = merger;
        this.open = open;
    }

    /** What the open was. */
    record Open(Duration time, long records, int segments, int fromHints, boolean afterCrash) {}

    KVStats stats() {
        Log.Figures figures = context.log().figures();
        Merger.Figures merges = merger.figures();
        Writer.Counters counters = writer.counters();
        List<KVStats.Segment> segments = new ArrayList<>();
        long diskBytes = 0;
        long logBytes = 0;
        long liveBytes = 0;
        for (SegmentState state : context.log().segments(context.clock().nowMillis())) {
            long live = Math.min(state.unexpiredBytes(), state.logBytes());
            segments.add(new KVStats.Segment(
                    state.segment().number(),
                    state.segment().header().kind() == SegmentHeader.KIND_MERGED,
                    state.active(),
                    state.diskBytes(),
                    state.logBytes(),
                    live,
                    state.tombstoneBytes()));
            diskBytes += state.diskBytes();
            logBytes += state.logBytes();
            liveBytes += live;
        }
        long keys = 0;
        long indexBytes = 0;
        for (BucketIndex bucket : context.catalog().all()) {
            keys += bucket.index().size();
            indexBytes += bucket.index().memoryBytes();
        }
        double live = logBytes == 0 ? 1 : (double) liveBytes / logBytes;
        return new KVStats(
                keys,
                context.catalog().names().size(),
                segments.size(),
                diskBytes,
                logBytes,
                liveBytes,
                1 - live,
                List.copyOf(segments),
                indexBytes,
                counters.puts(),
                counters.deletes(),
                engine.hits(),
                engine.misses(),
                figures.syncs(),
                figures.rolls(),
                figures.stalls(),
                Duration.ofNanos(figures.stalledNanos()),
                figures.slowed(),
                Duration.ofNanos(figures.slowedNanos()),
                merges.merges(),
                merges.failures(),
                merges.running(),
                merges.segments(),
                merges.readBytes(),
                merges.writtenBytes(),
                figures.written(),
                open.time(),
                open.records(),
                open.segments() - open.fromHints(),
                open.fromHints(),
                writer.isWritable());
    }
}
