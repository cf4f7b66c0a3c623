package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.KeyChoice;
import io.kvstore.benchmarks.measure.ClosedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Overwrites in batches; the rate is that of entries. */
final class Batches implements Step {
    private final String series;
    private final int size;

    Batches(String series, int size) {
        this.series = series;
        this.size = size;
    }

    @Override
    public void run(Session session) {
        Adapter store = session.store();
        LongSupplier numbers = KeyChoice.UNIFORM.numbers(session.keys(), 1);
        List<Adapter.Entry> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            batch.add(new Adapter.Entry(new byte[Entries.KEY_BYTES], new byte[session.valueBytes()]));
        }
        ClosedLoop.Outcome outcome =
                ClosedLoop.run(session.keys() / size, session.scale().seconds(), List.of(() -> {
                    for (Adapter.Entry entry : batch) {
                        long number = numbers.getAsLong();
                        Entries.fillKey(entry.key(), number);
                        Entries.fillValue(entry.value(), number, session.nextVersion());
                    }
                    store.putAll(batch);
                }));
        session.report(series, Figures.RATE, size * outcome.rate());
        session.report(series, Figures.PROCESSOR_NANOS, outcome.processorNanos() / size);
        for (Adapter.Entry entry : batch) {
            Entries.requireValue(store.get(entry.key()), Entries.number(entry.key()), session.valueBytes());
        }
    }
}
