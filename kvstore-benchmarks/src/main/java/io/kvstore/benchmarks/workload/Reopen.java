package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.WrongValueException;
import java.io.IOException;

/** Opens a store with all its keys, out of the page cache, and gets one of them. */
final class Reopen implements Step {
    private static final int CHECKED = 10_000;
    private static final int LAST_WRITES = 20_000;

    /** Of what is put just before the process is killed; no other version is as high. */
    private static final long LAST_VERSION = 1L << 40;

    private final String series;
    private final boolean afterKill;

    Reopen(String series, boolean afterKill) {
        this.series = series;
        this.afterKill = afterKill;
    }

    @Override
    public void run(Session session) throws IOException {
        long start = System.nanoTime();
        Adapter store = session.open();
        Entries.requireValue(store.get(Entries.key(0)), 0, session.valueBytes());
        session.report(series, Figures.MILLIS, (System.nanoTime() - start) / 1e6);
        long step = Math.max(1, session.keys() / CHECKED);
        for (long number = 0; number < session.keys(); number += step) {
            Entries.requireValue(store.get(Entries.key(number)), number, session.valueBytes());
        }
        if (afterKill) {
            requireLastWrites(session);
        }
    }

    /** What is put right before the process is killed. */
    static void lastWrites(Session session) {
        byte[] value = new byte[session.valueBytes()];
        for (long number = 0; number < Math.min(LAST_WRITES, session.keys()); number++) {
            Entries.fillValue(value, number, LAST_VERSION);
            session.store().put(Entries.key(number), value);
        }
    }

    private static void requireLastWrites(Session session) {
        for (long number = 0; number < Math.min(LAST_WRITES, session.keys()); number++) {
            byte[] value = session.store().get(Entries.key(number));
            if (Entries.requireValue(value, number, session.valueBytes()) != LAST_VERSION) {
                throw new WrongValueException("the kill has undone the last put of key number " + number);
            }
        }
    }
}
