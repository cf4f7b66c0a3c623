package io.kvstore.internal.index;

import static io.kvstore.internal.index.Keys.A;
import static io.kvstore.internal.index.Keys.B;
import static io.kvstore.internal.index.Keys.location;
import static io.kvstore.internal.index.Keys.look;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.index.KeyHash.Hash;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** One writer, whose tables grow, split and shrink; readers without a lock, perhaps still in the table of before. */
public final class IndexGrowth {
    private IndexGrowth() {}

    /** A table that the next key finds full. */
    abstract static class FullTable {
        final ShardedIndex index = new ShardedIndex();

        FullTable() {
            put(A, 1);
            put(B, 2);
            for (int i = 3; i <= 6; i++) {
                put(spread(i), i);
            }
        }

        void put(Hash key, int number) {
            index.prepare(key);
            index.put(key, location(number));
        }

        /** Keys that go to either half of a table that splits. */
        static Hash spread(int i) {
            return new Hash((long) i << 61 | i, i);
        }
    }

    @JCStressTest
    @Description("A key that is there before its table grows is found during and after the growth.")
    @Outcome(
            id = {"1, 2, 0", "1, 2, 7"},
            expect = ACCEPTABLE,
            desc = "The key that made the table grow is there or not.")
    @Outcome(expect = FORBIDDEN, desc = "A key was lost in the growth.")
    @State
    public static class KeysStay extends FullTable {
        @Actor
        public void writer() {
            put(spread(7), 7);
        }

        @Actor
        public void reader(III_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, B);
            r.r3 = look(index, spread(7));
        }
    }

    @JCStressTest
    @Description("A write to a table that has grown is seen by whoever has seen a later one: nobody goes back in time.")
    @Outcome(
            id = {"1, 1", "1, 8", "8, 8"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the overwrite.")
    @Outcome(expect = FORBIDDEN, desc = "Absent, or back in the old table.")
    @State
    public static class OverwriteAfterGrowth extends FullTable {
        @Actor
        public void writer() {
            put(spread(7), 7);
            put(A, 8);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, A);
        }
    }

    @JCStressTest
    @Description(
            "A table splits, the directory doubles twice: keys of all parts stay, and later writes are seen in order.")
    @Outcome(
            id = {"1, 0, 5", "1, 1, 5", "8, 0, 5", "8, 1, 5"},
            expect = ACCEPTABLE,
            desc = "Two right answers for A; 5 stays.")
    @Outcome(expect = FORBIDDEN, desc = "A key was lost in the split, or A went back in time.")
    @State
    public static class Split extends FullTable {
        @Actor
        public void writer() {
            // As a table that is as large as it may be does, without the 15,000 keys that takes.
            index.reserve(2, 0, 0);
            index.reserve(2, 1L << 63, 0);
            put(A, 8);
        }

        @Actor
        public void reader(III_Result r) {
            r.r1 = look(index, A);
            int then = look(index, A);
            r.r2 = then == 8 ? 1 : then == 1 && r.r1 == 1 ? 0 : -1;
            r.r3 = look(index, spread(5));
        }
    }

    @JCStressTest
    @Description("A table shrinks when most of its keys are gone: those that stay are found.")
    @Outcome(
            id = {"1, 2", "1, 8"},
            expect = ACCEPTABLE,
            desc = "Before or after the overwrite in the smaller table.")
    @Outcome(expect = FORBIDDEN, desc = "A key was lost in the smaller table.")
    @State
    public static class Shrink extends FullTable {
        public Shrink() {
            for (int i = 7; i <= 12; i++) {
                put(spread(i), i);
            }
        }

        @Actor
        public void writer() {
            for (int i = 3; i <= 12; i++) {
                index.prepare(spread(i));
                index.remove(spread(i));
            }
            put(B, 8);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, B);
        }
    }
}
