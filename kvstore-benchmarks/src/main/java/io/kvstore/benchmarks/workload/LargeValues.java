package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.adapter.Guarantee;
import io.kvstore.benchmarks.adapter.Shape;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.KeyChoice;
import io.kvstore.benchmarks.measure.ClosedLoop;
import io.kvstore.benchmarks.measure.Operation;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/** Puts of new keys with large values, then gets of them. */
final class LargeValues implements Step {
    private static final int VALUE_BYTES = 64 << 10;

    private final String putSeries;
    private final String getSeries;

    LargeValues(String putSeries, String getSeries) {
        this.putSeries = putSeries;
        this.getSeries = getSeries;
    }

    @Override
    public void run(Session session) throws IOException {
        Shape shape = new Shape(session.scale().largeValues(), Entries.KEY_BYTES, VALUE_BYTES);
        try (Adapter store = session.openApart(putSeries, Guarantee.PROCESS, shape)) {
            session.report(putSeries, ClosedLoop.run(shape.keys(), Double.POSITIVE_INFINITY, List.of(put(store))));
            LongSupplier numbers = KeyChoice.UNIFORM.numbers(shape.keys(), 1);
            byte[] key = new byte[Entries.KEY_BYTES];
            ClosedLoop.Outcome gets =
                    ClosedLoop.run(Long.MAX_VALUE, session.scale().seconds(), List.of(() -> {
                        long number = numbers.getAsLong();
                        Entries.fillKey(key, number);
                        Entries.requireValue(store.get(key), number, VALUE_BYTES);
                    }));
            session.report(getSeries, gets);
        }
    }

    private static Operation put(Adapter store) {
        byte[] key = new byte[Entries.KEY_BYTES];
        byte[] value = new byte[VALUE_BYTES];
        return new Operation() {
            private long next;

            @Override
            public void run() {
                Entries.fillKey(key, next);
                Entries.fillValue(value, next, 0);
                store.put(key, value);
                next++;
            }
        };
    }
}
