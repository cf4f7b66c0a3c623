package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.WrongValueException;
import io.kvstore.benchmarks.measure.DiskUse;
import java.io.IOException;

/** Deletes every key, has the store give room back, closes it, and tells what the disk still has of it. */
final class DeleteAll implements Step {
    private final String series;

    DeleteAll(String series) {
        this.series = series;
    }

    @Override
    public void run(Session session) throws IOException {
        Adapter store = session.open();
        byte[] key = new byte[Entries.KEY_BYTES];
        long start = System.nanoTime();
        for (long number = 0; number < session.keys(); number++) {
            Entries.fillKey(key, number);
            store.delete(key);
        }
        session.report(series, Figures.RATE, session.keys() * 1e9 / (System.nanoTime() - start));
        store.compact();
        if (Scan.count(store, session.valueBytes()) != 0) {
            throw new WrongValueException("there are entries left after all were deleted");
        }
        session.closeStore();
        double dataBytes = session.keys() * (double) (Entries.KEY_BYTES + session.valueBytes());
        session.report(series, Figures.SPACE_AMPLIFICATION, DiskUse.allocatedBytes(session.storeFolder()) / dataBytes);
    }
}
