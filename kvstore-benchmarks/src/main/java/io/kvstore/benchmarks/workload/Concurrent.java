package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.data.KeyChoice;
import io.kvstore.benchmarks.measure.ClosedLoop;
import io.kvstore.benchmarks.measure.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Readers and writers at the same time: rates of both sides. */
final class Concurrent {
    private Concurrent() {}

    /** So many readers beside as many writers, all over all keys. */
    static Step readersAndWriters(String readSeries, String writeSeries, int ofEach) {
        return session -> {
            List<Operation> threads = new ArrayList<>();
            for (int i = 0; i < ofEach; i++) {
                threads.add(Reads.hit(session, i));
            }
            for (int i = 0; i < ofEach; i++) {
                threads.add(new Overwrite.Put(session, KeyChoice.UNIFORM.numbers(session.keys(), ofEach + i)));
            }
            double[] rates = ClosedLoop.run(Long.MAX_VALUE, session.scale().seconds(), threads)
                    .rates();
            session.report(
                    readSeries, Figures.RATE, Arrays.stream(rates, 0, ofEach).sum());
            session.report(
                    writeSeries,
                    Figures.RATE,
                    Arrays.stream(rates, ofEach, 2 * ofEach).sum());
        };
    }
}
