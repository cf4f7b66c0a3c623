package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.adapter.Guarantee;
import io.kvstore.benchmarks.adapter.Shape;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.measure.ClosedLoop;
import io.kvstore.benchmarks.measure.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Puts of new keys by some threads at once, each of which is on stable storage when its call returns. */
final class DurablePuts implements Step {
    private static final int MOST_KEYS = 1_000_000;

    private final String series;
    private final int threads;

    DurablePuts(String series, int threads) {
        this.series = series;
        this.threads = threads;
    }

    @Override
    public void run(Session session) throws IOException {
        Shape shape = new Shape(MOST_KEYS, Entries.KEY_BYTES, session.valueBytes());
        try (Adapter store = session.openApart(series, Guarantee.POWER, shape)) {
            AtomicLong next = new AtomicLong();
            List<Operation> writers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                byte[] key = new byte[Entries.KEY_BYTES];
                byte[] value = new byte[session.valueBytes()];
                writers.add(() -> {
                    long number = next.getAndIncrement();
                    Entries.fillKey(key, number);
                    Entries.fillValue(value, number, 0);
                    store.put(key, value);
                });
            }
            session.report(
                    series, ClosedLoop.run(MOST_KEYS / threads, session.scale().seconds(), writers));
        }
    }
}
