package io.kvstore.internal.txn;

import static io.kvstore.internal.index.Keys.A;
import static io.kvstore.internal.index.Keys.B;
import static io.kvstore.internal.index.Keys.location;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.index.Index;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Keys;
import io.kvstore.internal.index.ShardedIndex;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Readers that meet a batch on its way into the index. */
public final class BatchGates {
    private BatchGates() {}

    /**
     * Two keys, and a batch that writes both; the number of a location stands for the sequence number of its record.
     */
    abstract static class TwoKeys {
        final Index index = new ShardedIndex();
        final BatchGate gate = new BatchGate();

        TwoKeys() {
            index.put(A, location(1));
            index.put(B, location(2));
        }

        final void writeBoth() {
            gate.begin(3);
            index.put(A, location(3));
            index.put(B, location(4));
            gate.end();
        }

        /** As the engine reads: what is of a batch on its way is looked up again. */
        final int read(Hash key) {
            int sequence;
            do {
                sequence = Keys.look(index, key);
            } while (sequence != 0 && gate.await(sequence));
            return sequence;
        }
    }

    @JCStressTest
    @Description("Whoever has read one record of a batch reads all of it from then on, in the order of the batch.")
    @Outcome(
            id = {"1, 2", "1, 4", "3, 4"},
            expect = ACCEPTABLE,
            desc = "Both old, the batch in between, both new.")
    @Outcome(expect = FORBIDDEN, desc = "The first key is new, the second one old.")
    @State
    public static class FirstThenLast extends TwoKeys {
        @Actor
        public void writer() {
            writeBoth();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = read(A);
            r.r2 = read(B);
        }
    }

    @JCStressTest
    @Description("Whoever has read one record of a batch reads all of it from then on, against the order of the batch.")
    @Outcome(
            id = {"2, 1", "2, 3", "4, 3"},
            expect = ACCEPTABLE,
            desc = "Both old, the batch in between, both new.")
    @Outcome(expect = FORBIDDEN, desc = "The last key is new, the first one old.")
    @State
    public static class LastThenFirst extends TwoKeys {
        @Actor
        public void writer() {
            writeBoth();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = read(B);
            r.r2 = read(A);
        }
    }

    @JCStressTest
    @Description("A delete of a batch points at its tombstone until all is pointed at: whoever finds the key gone finds"
            + " the rest of the batch.")
    @Outcome(
            id = {"1, 2", "1, 4", "3, 4", "0, 4"},
            expect = ACCEPTABLE,
            desc = "There, a tombstone, or gone; B as the batch.")
    @Outcome(expect = FORBIDDEN, desc = "A is gone, and B is as before.")
    @State
    public static class Delete extends TwoKeys {
        @Actor
        public void writer() {
            gate.begin(3);
            index.put(A, location(3));
            index.put(B, location(4));
            index.remove(A);
            gate.end();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = read(A);
            r.r2 = read(B);
        }
    }

    @JCStressTest
    @Description("A size that is taken between two equal, even versions counts the whole batch or nothing of it.")
    @Outcome(
            id = {"2, 2", "2, 4", "4, 4", "2, -1", "-1, 4", "-1, -1"},
            expect = ACCEPTABLE,
            desc = "Right, or known to be unsure.")
    @Outcome(expect = FORBIDDEN, desc = "A part of the batch was counted, and nobody knows.")
    @State
    public static class Size extends TwoKeys {
        @Actor
        public void writer() {
            gate.begin(3);
            index.put(Keys.C, location(3));
            index.put(Keys.colliding(4), location(4));
            gate.end();
        }

        private int size() {
            long before = gate.version();
            int size = (int) index.size();
            return gate.mayHavePassed(before) ? -1 : size;
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = size();
            r.r2 = size();
        }
    }
}
