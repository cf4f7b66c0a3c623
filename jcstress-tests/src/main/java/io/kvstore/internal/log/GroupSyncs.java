package io.kvstore.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.event.StoreEvents;
import io.kvstore.stress.Watch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Writers that wait for the disk, one force for all of them. */
public final class GroupSyncs {
    private static final Watch WATCH = new Watch();

    private GroupSyncs() {}

    /** A log of two segments, in which writers append under its monitor. */
    abstract static class SmallLog extends Segments {
        private Segment active = create(1, 0);
        private volatile long appended = LogPosition.of(1, active.end());
        private final GroupSync sync = new GroupSync(() -> appended, appended, StoreEvents.NONE);

        SmallLog() {
            sync.add(active);
        }

        final Segment active() {
            return active;
        }

        final synchronized long append(boolean roll) {
            if (roll) {
                active = create(2, 1);
                sync.add(active);
            }
            append(active, 1);
            appended = LogPosition.of(active.number(), active.end());
            return appended;
        }

        /** Appends and waits: 1 if what was appended is forced, 0 if not, -1 if it was never told. */
        int write(boolean roll) {
            long position = append(roll);
            if (!WATCH.ends(() -> sync.await(position))) {
                return -1;
            }
            return isForced(position) ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("No write is acknowledged before its force has returned, and none waits for a wake-up that was lost.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both were told, and both are on the disk.")
    @Outcome(expect = FORBIDDEN, desc = "0: acknowledged before the force. -1: forgotten.")
    @State
    public static class TwoWriters extends SmallLog {
        @Actor
        public void writer1(II_Result r) {
            r.r1 = write(false);
        }

        @Actor
        public void writer2(II_Result r) {
            r.r2 = write(false);
        }
    }

    @JCStressTest
    @Description("The same while the log goes on in another segment: the force of the new one covers the old one.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both were told, and both are on the disk.")
    @Outcome(expect = FORBIDDEN, desc = "0: acknowledged before the force. -1: forgotten.")
    @State
    public static class AcrossSegments extends SmallLog {
        @Actor
        public void writer1(II_Result r) {
            r.r1 = write(false);
        }

        @Actor
        public void writer2(II_Result r) {
            r.r2 = write(true);
        }
    }

    @JCStressTest
    @Description("Whoever finds a sealed segment durable finds all of it on the disk: the merge copies from it then.")
    @Outcome(
            id = {"0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Not durable yet, or forced to its end; whoever has waited was told.")
    @Outcome(expect = FORBIDDEN, desc = "2: said to be durable before its force.")
    @State
    public static class SealedIsDurable extends SmallLog {
        private final Segment sealed = active();
        private volatile boolean written;

        @Actor
        public void writer(II_Result r) {
            append(false);
            r.r2 = write(true);
            written = true;
        }

        @Actor
        public void merge(II_Result r) {
            while (r.r1 == 0 && !written) {
                if (sealed.isDurable()) {
                    r.r1 = isForced(LogPosition.of(sealed.number(), sealed.end())) ? 1 : 2;
                }
            }
        }
    }
}
