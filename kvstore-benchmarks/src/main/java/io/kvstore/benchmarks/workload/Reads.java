package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.KeyChoice;
import io.kvstore.benchmarks.data.WrongValueException;
import io.kvstore.benchmarks.measure.ClosedLoop;
import io.kvstore.benchmarks.measure.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Gets of keys that are there, and of keys that never were. */
final class Reads {
    private Reads() {}

    /** Gets of random keys, by some threads at once; latencies too if it is one. */
    static Step hits(String series, int threads) {
        return session -> {
            List<Operation> readers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                readers.add(hit(session, i));
            }
            ClosedLoop.Outcome outcome =
                    ClosedLoop.run(Long.MAX_VALUE, session.scale().seconds(), readers);
            session.report(series, outcome);
            if (threads == 1) {
                session.reportLatencies(series, outcome.rate(), hit(session, threads));
            }
        };
    }

    /** A get of a random key, whose value is checked. */
    static Operation hit(Session session, long seed) {
        Adapter store = session.store();
        byte[] key = new byte[Entries.KEY_BYTES];
        LongSupplier numbers = KeyChoice.UNIFORM.numbers(session.keys(), seed);
        return () -> {
            long number = numbers.getAsLong();
            Entries.fillKey(key, number);
            Entries.requireValue(store.get(key), number, session.valueBytes());
        };
    }

    /** Gets of keys that were never put. */
    static Step misses(String series) {
        return session -> {
            Operation miss = miss(session.store());
            ClosedLoop.Outcome outcome =
                    ClosedLoop.run(Long.MAX_VALUE, session.scale().seconds(), List.of(miss));
            session.report(series, outcome);
            session.reportLatencies(series, outcome.rate(), miss);
        };
    }

    private static Operation miss(Adapter store) {
        byte[] key = new byte[Entries.KEY_BYTES];
        return new Operation() {
            private long next = Entries.ABSENT;

            @Override
            public void run() {
                Entries.fillKey(key, next++);
                if (store.get(key) != null) {
                    throw new WrongValueException("a key that was never put has a value");
                }
            }
        };
    }
}
