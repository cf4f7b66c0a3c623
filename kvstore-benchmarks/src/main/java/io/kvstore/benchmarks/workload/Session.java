package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.adapter.Guarantee;
import io.kvstore.benchmarks.adapter.Peer;
import io.kvstore.benchmarks.adapter.Shape;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.measure.ClosedLoop;
import io.kvstore.benchmarks.measure.Operation;
import io.kvstore.benchmarks.measure.PacedLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One peer and its files while workloads go over them one after the other. Owns the store that they share, and closes
 * it. Used by one thread.
 */
public final class Session implements AutoCloseable {
    private final Peer peer;
    private final Scale scale;
    private final Path folder;
    private final Sink sink;
    private final AtomicLong versions = new AtomicLong(1);
    private long keys;
    private @Nullable Adapter store;

    /**
     * A session whose store is not open yet.
     *
     * @param peer that is measured
     * @param scale how much is done
     * @param folder for all its files
     * @param sink is told of all figures
     */
    public Session(Peer peer, Scale scale, Path folder, Sink sink) {
        this.peer = peer;
        this.scale = scale;
        this.folder = folder;
        this.sink = sink;
        keys = scale.keys();
    }

    Scale scale() {
        return scale;
    }

    /** The folder of the store that workloads share. */
    Path storeFolder() {
        return folder.resolve("store");
    }

    /** How many keys there are in the store. */
    long keys() {
        return keys;
    }

    /** The length of every value, but where a workload says otherwise. */
    int valueBytes() {
        return scale.valueBytes();
    }

    /** Says how many keys there are, where there was no time for all of them. */
    void setKeys(long filled) {
        keys = filled;
    }

    /** A number that no value has as its version yet. */
    long nextVersion() {
        return versions.getAndIncrement();
    }

    /** Opens the store that workloads share; it is there, or is made. */
    Adapter open() throws IOException {
        Shape shape = new Shape(scale.keys(), Entries.KEY_BYTES, valueBytes());
        store = peer.open(storeFolder(), Guarantee.PROCESS, shape);
        return store;
    }

    /** The store that workloads share. */
    Adapter store() {
        return Objects.requireNonNull(store, "the store is not open");
    }

    /** Opens a store that one workload has for itself, and closes. */
    Adapter openApart(String name, Guarantee guarantee, Shape shape) throws IOException {
        return peer.open(folder.resolve(name), guarantee, shape);
    }

    Path folder(String name) {
        return folder.resolve(name);
    }

    void report(String series, String figure, double value) {
        sink.add(series, figure, value);
    }

    /** Reports how fast operations were, and what each cost. */
    void report(String series, ClosedLoop.Outcome outcome) {
        report(series, Figures.RATE, outcome.rate());
        report(series, Figures.PROCESSOR_NANOS, outcome.processorNanos());
    }

    /** Reports latencies of an operation that falls due half as often as it can be done. */
    void reportLatencies(String series, double rate, Operation operation) {
        Histogram latencies = PacedLoop.latencies(rate / 2, scale.latencySeconds(), operation);
        report(series, Figures.P50_NANOS, (double) latencies.getValueAtPercentile(50));
        report(series, Figures.P99_NANOS, (double) latencies.getValueAtPercentile(99));
        report(series, Figures.P999_NANOS, (double) latencies.getValueAtPercentile(99.9));
        report(series, Figures.P9999_NANOS, (double) latencies.getValueAtPercentile(99.99));
        report(series, Figures.MAX_NANOS, (double) latencies.getMaxValue());
    }

    /**
     * Closes the store that workloads share; it can be opened again.
     *
     * @throws IOException if it cannot be closed
     */
    public void closeStore() throws IOException {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    @Override
    public void close() throws IOException {
        closeStore();
    }
}
