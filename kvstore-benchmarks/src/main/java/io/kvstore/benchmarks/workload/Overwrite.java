package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.data.KeyChoice;
import io.kvstore.benchmarks.data.WrongValueException;
import io.kvstore.benchmarks.measure.ClosedLoop;
import io.kvstore.benchmarks.measure.DiskUse;
import io.kvstore.benchmarks.measure.Operation;
import io.kvstore.benchmarks.measure.ProcessIo;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** Puts of keys that are there, up to five times as many as there are keys; the last ones are read back. */
final class Overwrite implements Step {
    private static final int TIMES_THE_KEYS = 5;

    private final String series;
    private final KeyChoice choice;

    Overwrite(String series, KeyChoice choice) {
        this.series = series;
        this.choice = choice;
    }

    @Override
    public void run(Session session) throws IOException {
        Put put = new Put(session, choice.numbers(session.keys(), 1));
        long writtenBefore = ProcessIo.writtenBytes();
        ClosedLoop.Outcome outcome =
                ClosedLoop.run(TIMES_THE_KEYS * session.keys(), session.scale().seconds(), List.of(put));
        long recordBytes = (long) Entries.KEY_BYTES + session.valueBytes();
        if (writtenBefore >= 0) {
            double written = ProcessIo.writtenBytes() - writtenBefore;
            session.report(series, Figures.WRITE_AMPLIFICATION, written / (put.count() * recordBytes));
        }
        session.report(series, outcome);
        session.reportLatencies(series, outcome.rate(), put);
        put.check();
        if (Files.exists(session.storeFolder())) {
            session.report(
                    series,
                    Figures.SPACE_AMPLIFICATION,
                    (double) DiskUse.allocatedBytes(session.storeFolder()) / (session.keys() * recordBytes));
        }
    }

    /** Overwrites one key after the other, and remembers the last ones. Used by one thread at a time. */
    static final class Put implements Operation {
        private static final int REMEMBERED = 1 << 12;

        private final Session session;
        private final Adapter store;
        private final LongSupplier numbers;
        private final byte[] key = new byte[Entries.KEY_BYTES];
        private final byte[] value;
        private final long[] lastNumbers = new long[REMEMBERED];
        private final long[] lastVersions = new long[REMEMBERED];
        private long count;

        Put(Session session, LongSupplier numbers) {
            this.session = session;
            this.store = session.store();
            this.numbers = numbers;
            value = new byte[session.valueBytes()];
        }

        @Override
        public void run() {
            long number = numbers.getAsLong();
            long version = session.nextVersion();
            Entries.fillKey(key, number);
            Entries.fillValue(value, number, version);
            store.put(key, value);
            int place = (int) count++ & (REMEMBERED - 1);
            lastNumbers[place] = number;
            lastVersions[place] = version;
        }

        long count() {
            return count;
        }

        /** Reads the last puts back; nobody else has written meanwhile. */
        void check() {
            Set<Long> seen = new HashSet<>();
            for (long i = count - 1; i >= Math.max(0, count - REMEMBERED); i--) {
                int place = (int) i & (REMEMBERED - 1);
                long number = lastNumbers[place];
                if (seen.add(number)) {
                    long found = Entries.requireValue(store.get(Entries.key(number)), number, session.valueBytes());
                    if (found != lastVersions[place]) {
                        throw new WrongValueException("key number " + number + " has version " + found + ", not "
                                + lastVersions[place] + ", which was put last");
                    }
                }
            }
        }
    }
}
