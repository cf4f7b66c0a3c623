package io.kvstore.micrometer;

import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binds the figures of a store to a registry: gauges and counters named {@code kvstore.*} over {@link KVStore#stats()},
 * which is called once a scrape, and nothing on the way of an operation.
 *
 * <pre>{@code
 * new KVStoreMetrics(store, Tags.of("store", "orders")).bindTo(registry);
 * }</pre>
 *
 * <p>Two stores of one registry need different tags. {@link #close()} takes the meters away; a store that is closed
 * before shows its last figures until then. Thread-safe.
 */
public final class KVStoreMetrics implements MeterBinder, AutoCloseable {
    private static final double NANOS = 1e-9;

    private final StatsSnapshot snapshot;
    private final Tags tags;

    /** What was bound, to be taken away again. Guarded by this. */
    private final List<Bound> bound = new ArrayList<>();

    private record Bound(MeterRegistry registry, Meter meter) {}

    /**
     * The meters of a store.
     *
     * @param store open
     * @param tags of all its meters, such as its name
     */
    public KVStoreMetrics(KVStore store, Iterable<Tag> tags) {
        this(store, tags, System::nanoTime);
    }

    KVStoreMetrics(KVStore store, Iterable<Tag> tags, LongSupplier nanoTime) {
        this.snapshot = new StatsSnapshot(Objects.requireNonNull(store, "store"), nanoTime);
        this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
    }

    /**
     * Adds the meters to a registry.
     *
     * @param registry that publishes them
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        gauge(registry, "keys", null, "Entries in all buckets", KVStats::keys);
        gauge(registry, "buckets", null, "Named buckets", KVStats::buckets);
        gauge(registry, "segments", null, "Segment files", KVStats::segments);
        gauge(registry, "disk", "bytes", "What the segments take on disk", KVStats::diskBytes);
        gauge(registry, "log", "bytes", "Records in the segments, live and dead", KVStats::logBytes);
        gauge(registry, "live", "bytes", "Records that are current", KVStats::liveBytes);
        gauge(registry, "garbage.ratio", null, "Share of the log that is dead", KVStats::garbageRatio);
        gauge(registry, "index", "bytes", "Heap that the index takes", KVStats::indexBytes);
        gauge(registry, "merge.running", null, "1 while a merge runs", stats -> stats.mergeRunning() ? 1 : 0);
        gauge(registry, "writable", null, "1 while writes are taken", stats -> stats.writable() ? 1 : 0);
        gauge(registry, "open.records", null, "Records found on opening", KVStats::recoveredRecords);
        openTime(registry);
        counter(registry, "puts", null, Tags.empty(), "Values written", KVStats::puts);
        counter(registry, "deletes", null, Tags.empty(), "Keys removed", KVStats::deletes);
        counter(registry, "gets", null, Tags.of("result", "hit"), "Reads", KVStats::hits);
        counter(registry, "gets", null, Tags.of("result", "miss"), "Reads", KVStats::misses);
        counter(registry, "written", "bytes", Tags.empty(), "Records appended by writers", KVStats::writtenBytes);
        counter(registry, "syncs", null, Tags.empty(), "Fsyncs of the log", KVStats::syncs);
        counter(registry, "rolls", null, Tags.empty(), "Segments filled", KVStats::rolls);
        counter(registry, "writer.stalls", null, Tags.empty(), "Waits for room", KVStats::writerStalls);
        counter(
                registry,
                "writer.stalled",
                "seconds",
                Tags.empty(),
                "Time of the waits for room",
                stats -> NANOS * stats.writerStalled().toNanos());
        counter(registry, "writer.slowings", null, Tags.empty(), "Waits for the merge", KVStats::writersSlowed);
        counter(
                registry,
                "writer.slowed",
                "seconds",
                Tags.empty(),
                "Time of the waits for the merge",
                stats -> NANOS * stats.writersSlowedTime().toNanos());
        counter(registry, "merges", null, Tags.of("result", "success"), "Merges", KVStats::merges);
        counter(registry, "merges", null, Tags.of("result", "failure"), "Merges", KVStats::mergeFailures);
        counter(registry, "merge.segments", null, Tags.empty(), "Segments merged away", KVStats::mergedSegments);
        counter(registry, "merge.read", "bytes", Tags.empty(), "Records read by merges", KVStats::mergeReadBytes);
        counter(registry, "merge.written", "bytes", Tags.empty(), "Records copied", KVStats::mergeWrittenBytes);
    }

    private void openTime(MeterRegistry registry) {
        add(
                registry,
                TimeGauge.builder(
                                "kvstore.open.time",
                                this,
                                TimeUnit.NANOSECONDS,
                                self -> self.snapshot.read(
                                        stats -> stats.openTime().toNanos()))
                        .description("How long opening took")
                        .tags(tags)
                        .strongReference(true)
                        .register(registry));
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<KVStats> figure) {
        add(
                registry,
                Gauge.builder("kvstore." + name, this, self -> self.snapshot.read(figure))
                        .description(description)
                        .baseUnit(unit)
                        .tags(tags)
                        .strongReference(true)
                        .register(registry));
    }

    private void counter(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            Tags more,
            String description,
            ToDoubleFunction<KVStats> figure) {
        // The counter itself holds the binder weakly; the list of what was bound is reached through the gauges.
        add(
                registry,
                FunctionCounter.builder("kvstore." + name, this, self -> self.snapshot.read(figure))
                        .description(description)
                        .baseUnit(unit)
                        .tags(tags.and(more))
                        .register(registry));
    }

    private synchronized void add(MeterRegistry registry, Meter meter) {
        bound.add(new Bound(registry, meter));
    }

    /** Takes the meters away from all registries. The store stays open. */
    @Override
    public synchronized void close() {
        bound.forEach(one -> one.registry().remove(one.meter()));
        bound.clear();
    }
}
