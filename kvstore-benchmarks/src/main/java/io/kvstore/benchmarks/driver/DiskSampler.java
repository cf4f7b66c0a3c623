package io.kvstore.benchmarks.driver;

import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.measure.DiskUse;
import io.kvstore.benchmarks.workload.Figures;
import io.kvstore.benchmarks.workload.Sink;
import io.kvstore.benchmarks.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks again and again, from outside, how much disk the store of a task takes, and keeps the most for each workload.
 */
final class DiskSampler implements AutoCloseable {
    private static final long PERIOD_MILLIS = 200;

    /** These have one series, of the same name. */
    private static final Set<String> TOLD = Set.of(
            Workload.FILL.id(), Workload.OVERWRITE.id(), Workload.OVERWRITE_ZIPFIAN.id(), Workload.DELETE_ALL.id());

    private final Path store;
    private final double dataBytes;
    private final Map<String, Long> most = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile String phase = "";

    DiskSampler(ChildTask task) {
        store = task.folder().resolve("store");
        dataBytes = task.keys() * (double) (Entries.KEY_BYTES + task.valueBytes());
        var sampling = thread.scheduleWithFixedDelay(this::sample, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        assert !sampling.isDone();
    }

    void begin(String workload) {
        phase = workload;
    }

    private void sample() {
        String current = phase;
        if (!current.isEmpty() && Files.exists(store)) {
            try {
                most.merge(current, DiskUse.allocatedBytes(store), Math::max);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Tells the most of each workload that changes how much it is. */
    void report(Sink sink) {
        most.forEach((workload, bytes) -> {
            if (TOLD.contains(workload)) {
                sink.add(workload, Figures.PEAK_SPACE_AMPLIFICATION, bytes / dataBytes);
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
