package io.kvstore.internal.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.Location;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Writers that append to one log, and wait for the disk. */
public final class LogSyncs {
    private LogSyncs() {}

    @JCStressTest
    @Description("The bytes of a record are on the disk before its write is acknowledged, whoever has led the sync.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both are on the disk.")
    @Outcome(expect = FORBIDDEN, desc = "Acknowledged by a force that came before the bytes.")
    @State
    public static class TwoWriters extends SmallEngine {
        /** So many that one of them is under way whenever the other thread leads a sync. */
        private static final int WRITES = 8;

        private int writeAll(int value) {
            int forced = 1;
            for (int i = 0; i < WRITES && forced == 1; i++) {
                forced = write(value);
            }
            return forced;
        }

        private int write(int value) {
            long location = append(catalog.find(BucketCatalog.DEFAULT_ID), value);
            log.awaitSynced(log.position());
            String file = FileNames.segment(victim.number());
            return directory.isForced(file, Location.offset(location), recordSize) ? 1 : 0;
        }

        @Actor
        public void writer1(II_Result r) {
            r.r1 = writeAll(1);
        }

        @Actor
        public void writer2(II_Result r) {
            r.r2 = writeAll(2);
        }
    }
}
