package io.kvstore.internal.index;

import static io.kvstore.internal.index.Keys.A;
import static io.kvstore.internal.index.Keys.B;
import static io.kvstore.internal.index.Keys.C;
import static io.kvstore.internal.index.Keys.location;
import static io.kvstore.internal.index.Keys.look;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** One writer, readers without a lock: whatever the writer does in the chain of a key, a reader finds what is right. */
public final class IndexGet {
    private IndexGet() {}

    @JCStressTest
    @Description("A location publishes what the writer did before it was put: the bytes of the record.")
    @Outcome(
            id = {"0, 0", "0, 7"},
            expect = ACCEPTABLE,
            desc = "The key was not there yet.")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "The location, and the record behind it.")
    @Outcome(expect = FORBIDDEN, desc = "A location without its record, or one that nobody has put.")
    @State
    public static class WhileKeyIsPut {
        private final ShardedIndex index = new ShardedIndex();
        private int record;

        @Actor
        public void writer() {
            record = 7;
            index.put(A, location(1));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = record;
        }
    }

    /** Three keys of one chain of probes. */
    abstract static class Chain {
        final ShardedIndex index = new ShardedIndex();

        Chain() {
            index.put(A, location(1));
            index.put(B, location(2));
            index.put(C, location(3));
        }
    }

    @JCStressTest
    @Description("A key that is overwritten is never absent, and never old again once it was new.")
    @Outcome(
            id = {"1, 1", "1, 4", "4, 4"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the overwrite.")
    @Outcome(expect = FORBIDDEN, desc = "Absent, or back in time.")
    @State
    public static class WhileKeyIsOverwritten extends Chain {
        @Actor
        public void writer() {
            index.put(A, location(4));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, A);
        }
    }

    @JCStressTest
    @Description("A key that is put at the end of a chain comes whole, and disturbs none before it.")
    @Outcome(
            id = {"1, 0", "1, 5"},
            expect = ACCEPTABLE,
            desc = "The new key is there or not yet.")
    @Outcome(expect = FORBIDDEN, desc = "A key that was there all the time is not found, or found elsewhere.")
    @State
    public static class WhileCollidingKeyIsPut extends Chain {
        @Actor
        public void writer() {
            index.put(Keys.colliding(5), location(5));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, Keys.colliding(5));
        }
    }

    @JCStressTest
    @Description("A key that is removed is there or not; it does not come back, and the chain behind it stays.")
    @Outcome(
            id = {"1, 1, 3", "1, 0, 3", "0, 0, 3"},
            expect = ACCEPTABLE,
            desc = "Before, across or after it.")
    @Outcome(expect = FORBIDDEN, desc = "The key came back, or one behind it was lost.")
    @State
    public static class WhileKeyIsRemoved extends Chain {
        @Actor
        public void writer() {
            index.remove(A);
        }

        @Actor
        public void reader(III_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, A);
            r.r3 = look(index, C);
        }
    }

    @JCStressTest
    @Description("Where no chain goes on behind a removed key, its slot and the DELETED ones before it become EMPTY:"
            + " the key before them is found all the same.")
    @Outcome(
            id = {"1, 0", "1, 3"},
            expect = ACCEPTABLE,
            desc = "The last of the chain is there or gone.")
    @Outcome(expect = FORBIDDEN, desc = "The key before was lost, or the last one was mixed up.")
    @State
    public static class WhileChainIsCutBack extends Chain {
        @Actor
        public void writer() {
            index.remove(B);
            index.remove(C);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, C);
        }
    }

    @JCStressTest
    @Description("What is read of a slot belongs together, also where another key takes over a DELETED one.")
    @Outcome(
            id = {"1, 0", "1, 5", "0, 0", "0, 5"},
            expect = ACCEPTABLE,
            desc = "Each is there with its own or absent.")
    @Outcome(expect = FORBIDDEN, desc = "One key was given the location of the other.")
    @State
    public static class WhileSlotIsTakenOver extends Chain {
        @Actor
        public void writer() {
            index.remove(A);
            index.put(Keys.colliding(5), location(5));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, Keys.colliding(5));
        }
    }

    @JCStressTest
    @Description(
            "A key keeps its own locations however often its slot changes hands, as long as no location comes twice.")
    @Outcome(
            id = {"0, 3", "1, 3"},
            expect = ACCEPTABLE,
            desc = "Absent, or with one of its own locations.")
    @Outcome(expect = FORBIDDEN, desc = "A location of the key that had the slot in between, or a lost neighbour.")
    @State
    public static class WhileSlotChangesHands extends Chain {
        private static final int OTHERS = 100;
        private static final int ROUNDS = 8;

        @Actor
        public void writer() {
            for (int i = 0; i < ROUNDS; i++) {
                index.remove(A);
                index.put(Keys.colliding(5), location(OTHERS + i));
                index.remove(Keys.colliding(5));
                index.put(A, location(10 + i));
            }
        }

        @Actor
        public void reader(II_Result r) {
            for (int i = 0; i < ROUNDS && r.r1 != 2; i++) {
                int found = look(index, A);
                r.r1 = found >= OTHERS ? 2 : Integer.signum(found);
            }
            r.r2 = look(index, C);
        }
    }
}
