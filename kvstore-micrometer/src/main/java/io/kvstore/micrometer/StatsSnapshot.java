package io.kvstore.micrometer;

import io.kvstore.KVClosedException;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The figures of a store, taken once for all meters of one scrape. Thread-safe. */
final class StatsSnapshot {
    /** A registry reads one meter after the other, much faster than this. */
    private static final long FRESH_NANOS = 500_000_000;

    private final KVStore store;
    private final LongSupplier nanoTime;

    /** Guarded by this, as the next one. */
    private @Nullable KVStats stats;

    private long takenAt;

    StatsSnapshot(KVStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
    }

    /** One figure; after the close of the store what it was last, or not a number. */
    double read(ToDoubleFunction<KVStats> figure) {
        KVStats now = current();
        return now == null ? Double.NaN : figure.applyAsDouble(now);
    }

    private synchronized @Nullable KVStats current() {
        if (stats == null || nanoTime.getAsLong() - takenAt > FRESH_NANOS) {
            try {
                stats = store.stats();
                takenAt = nanoTime.getAsLong();
            } catch (KVClosedException e) {
                // Counters stay where they were; the application takes the meters of a closed store away.
                return stats;
            }
        }
        return stats;
    }
}
