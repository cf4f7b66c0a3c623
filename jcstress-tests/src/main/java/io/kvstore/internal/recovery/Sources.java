package io.kvstore.internal.recovery;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.log.ExpiryProfile;
import io.kvstore.internal.log.SegmentFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** The threads that load the index when a store is opened, each a range of the hashes of all segments. */
public final class Sources {
    private static final HashRange ALL = new HashRange(0, 0);
    private static final SegmentSummary SUMMARY = new SegmentSummary(
            new SegmentHeader(SegmentHeader.KIND_LOG, 1, 2),
            64,
            0,
            1,
            new SegmentFigures(1, 1, 8, 0, ExpiryProfile.NONE),
            List.of());

    private Sources() {}

    @JCStressTest
    @Description("A segment without a sound hint is read once, whoever asks first; the last of all readers frees it.")
    @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "Both have its entry, it was read once, and one was last.")
    @Outcome(expect = FORBIDDEN, desc = "Entries are missing, it was read twice, or none or both were last.")
    @State
    public static class ReadOnce {
        private final AtomicInteger rereads = new AtomicInteger();
        private final AtomicInteger lasts = new AtomicInteger();
        private final SegmentSource source = new SegmentSource(SUMMARY, 0, true, 64, null, null, same -> {
            rereads.incrementAndGet();
            return SortedEntries.of(new long[] {1, 2, 3}, 1);
        });

        private int read() {
            EntryRun run = new EntryRun();
            try {
                source.read(ALL, run);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (source.doneBy(2)) {
                lasts.incrementAndGet();
            }
            return run.count();
        }

        @Actor
        public void reader1(IIII_Result r) {
            r.r1 = read();
        }

        @Actor
        public void reader2(IIII_Result r) {
            r.r2 = read();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r3 = rereads.get();
            r.r4 = lasts.get();
        }
    }
}
