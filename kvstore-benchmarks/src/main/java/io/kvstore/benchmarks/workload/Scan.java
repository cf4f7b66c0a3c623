package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.WrongValueException;
import io.kvstore.benchmarks.measure.ProcessorTime;

/** Goes through all entries, again and again, and checks each; the rate is that of entries. */
final class Scan implements Step {
    private static final int MOST_SCANS = 5;

    private final String series;

    Scan(String series) {
        this.series = series;
    }

    @Override
    public void run(Session session) {
        long processorBefore = ProcessorTime.nanos();
        long start = System.nanoTime();
        long most = (long) (1e9 * session.scale().seconds());
        int scans = 0;
        do {
            long found = count(session.store(), session.valueBytes());
            if (found != session.keys()) {
                throw new WrongValueException("a scan has found " + found + " entries of " + session.keys());
            }
            scans++;
        } while (scans < MOST_SCANS && System.nanoTime() - start < most);
        double entries = (double) scans * session.keys();
        session.report(series, Figures.RATE, entries * 1e9 / (System.nanoTime() - start));
        session.report(series, Figures.PROCESSOR_NANOS, (ProcessorTime.nanos() - processorBefore) / entries);
    }

    static long count(Adapter store, int valueBytes) {
        long[] count = {0};
        store.scan((key, value) -> {
            Entries.requireValue(value, Entries.number(key), valueBytes);
            count[0]++;
        });
        return count[0];
    }
}
