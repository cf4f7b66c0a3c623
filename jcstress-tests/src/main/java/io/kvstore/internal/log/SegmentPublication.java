package io.kvstore.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.index.Keys;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A segment is found by whoever has got a location in it. */
public final class SegmentPublication {
    /** The first that does not fit into the set without growth. */
    private static final int BEYOND = 64;

    private SegmentPublication() {}

    @JCStressTest
    @Description("A location in the index publishes the bytes of its record, and the segment that holds it in the set.")
    @Outcome(
            id = {"0, 1", "2, 1"},
            expect = ACCEPTABLE,
            desc = "Nothing yet, or the record; the older segment stays.")
    @Outcome(expect = FORBIDDEN, desc = "A location without segment or record, or a segment lost while the set grew.")
    @State
    public static class ThroughLocation extends Segments {
        private final long other = append(add(0), 1);
        private final Segment next = created();

        private Segment created() {
            while (segments.takeSlot() < BEYOND) {
                // all in between are taken and empty
            }
            return create(BEYOND + 1, BEYOND);
        }

        @Actor
        public void writer() {
            segments.add(next);
            index.put(Keys.A, append(next, 2));
        }

        @Actor
        public void reader(II_Result r) {
            RecordBuffer record = new RecordBuffer();
            r.r1 = read(record);
            r.r2 = read(other, record);
        }
    }

    @JCStressTest
    @Description("Records that are appended one behind the other to one segment are whole for whoever finds them.")
    @Outcome(
            id = {"1, 1", "1, 2", "1, 3", "2, 2", "2, 3", "3, 3"},
            expect = ACCEPTABLE,
            desc = "Later and later records.")
    @Outcome(expect = FORBIDDEN, desc = "A torn record, or an older one after a newer one.")
    @State
    public static class WhileAppended extends Segments {
        private final Segment active = add(0);

        public WhileAppended() {
            index.put(Keys.A, append(active, 1));
        }

        @Actor
        public void writer() {
            index.put(Keys.A, append(active, 2));
            index.put(Keys.A, append(active, 3));
        }

        @Actor
        public void reader(II_Result r) {
            RecordBuffer record = new RecordBuffer();
            r.r1 = read(record);
            r.r2 = read(record);
        }
    }
}
