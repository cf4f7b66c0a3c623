package io.kvstore;

import static io.kvstore.stress.SharedStore.STORE;
import static io.kvstore.stress.SharedStore.get;
import static io.kvstore.stress.SharedStore.newKey;
import static io.kvstore.stress.SharedStore.value;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two threads at one key of the store, while a merge moves its records about. */
public final class StoreKey {
    private static final byte[] OLD = value(1);

    private StoreKey() {}

    /** A key with the value 1. */
    abstract static class Present {
        final byte[] key = newKey();

        Present() {
            STORE.put(key, OLD);
        }

        /** What is left of it, which it takes away: the store stays small. */
        int last() {
            int last = get(STORE, key);
            STORE.delete(key);
            return last;
        }
    }

    @JCStressTest
    @Description("A key that is overwritten is never absent, and never old again, whatever the merge does.")
    @Outcome(
            id = {"1, 1, 2", "1, 2, 2", "2, 2, 2"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the put.")
    @Outcome(expect = FORBIDDEN, desc = "Absent, torn, back in time, or a write that was undone.")
    @State
    public static class GetAgainstPut extends Present {
        @Actor
        public void writer() {
            STORE.put(key, value(2));
        }

        @Actor
        public void reader(III_Result r) {
            r.r1 = get(STORE, key);
            r.r2 = get(STORE, key);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = last();
        }
    }

    @JCStressTest
    @Description("A key that nobody writes is found, however often it is moved and whatever is written beside it.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Always there.")
    @Outcome(expect = FORBIDDEN, desc = "Lost for a moment, or mixed up.")
    @State
    public static class GetAgainstMerge extends Present {
        private final byte[] other = newKey();

        @Actor
        public void writer() {
            for (int i = 0; i < 8; i++) {
                STORE.put(other, value(2));
            }
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = get(STORE, key);
            for (int i = 0; i < 16 && r.r1 == 1; i++) {
                r.r1 = get(STORE, key);
            }
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = last();
            STORE.delete(other);
        }
    }

    @JCStressTest
    @Description(
            "Whoever writes a key reads what it has written: no merge undoes it, with overwrites and deletes by turns.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Each of both threads has seen its own key as it left it.")
    @Outcome(expect = FORBIDDEN, desc = "A write was undone, or a deleted value came back.")
    @State
    public static class OwnWrites {
        private final byte[] key1 = newKey();
        private final byte[] key2 = newKey();

        private static int writeAndRead(byte[] key) {
            for (int i = 2; i < 8; i++) {
                STORE.put(key, value(i));
                if (get(STORE, key) != i) {
                    return -i;
                }
                if (i % 3 == 0 && (!STORE.delete(key) || get(STORE, key) != 0)) {
                    return -10 * i;
                }
            }
            return STORE.delete(key) && get(STORE, key) == 0 ? 1 : 0;
        }

        @Actor
        public void writer1(II_Result r) {
            r.r1 = writeAndRead(key1);
        }

        @Actor
        public void writer2(II_Result r) {
            r.r2 = writeAndRead(key2);
        }
    }

    @JCStressTest
    @Description("A key that is deleted is there or not; it does not come back.")
    @Outcome(
            id = {"1, 1, 0", "1, 0, 0", "0, 0, 0"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the delete.")
    @Outcome(expect = FORBIDDEN, desc = "It came back.")
    @State
    public static class GetAgainstDelete extends Present {
        @Actor
        public void writer() {
            STORE.delete(key);
        }

        @Actor
        public void reader(III_Result r) {
            r.r1 = get(STORE, key);
            r.r2 = get(STORE, key);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = last();
        }
    }

    @JCStressTest
    @Description("Put and delete of a key that is there: one comes last, and the delete has found something.")
    @Outcome(
            id = {"0, 1", "2, 1"},
            expect = ACCEPTABLE,
            desc = "The delete, or the put, came last.")
    @Outcome(expect = FORBIDDEN, desc = "The delete found nothing, or the old value came back.")
    @State
    public static class PutAgainstDelete extends Present {
        @Actor
        public void writer() {
            STORE.put(key, value(2));
        }

        @Actor
        public void deleter(II_Result r) {
            r.r2 = STORE.delete(key) ? 1 : 0;
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = last();
        }
    }

    @JCStressTest
    @Description("Of two that put a key if it is absent one wins, and its value is the one that is there.")
    @Outcome(
            id = {"true, false, 2", "false, true, 3"},
            expect = ACCEPTABLE,
            desc = "The winner's value.")
    @Outcome(expect = FORBIDDEN, desc = "None or both have won, or the loser's value is there.")
    @State
    public static class PutIfAbsent {
        private final byte[] key = newKey();

        @Actor
        public void writer1(ZZI_Result r) {
            r.r1 = STORE.putIfAbsent(key, value(2));
        }

        @Actor
        public void writer2(ZZI_Result r) {
            r.r2 = STORE.putIfAbsent(key, value(3));
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = get(STORE, key);
            STORE.delete(key);
        }
    }

    @JCStressTest
    @Description("Of two that replace the same value one wins.")
    @Outcome(
            id = {"true, false, 2", "false, true, 3"},
            expect = ACCEPTABLE,
            desc = "The winner's value.")
    @Outcome(expect = FORBIDDEN, desc = "None or both have won: an update was lost.")
    @State
    public static class Replace extends Present {
        @Actor
        public void writer1(ZZI_Result r) {
            r.r1 = STORE.replace(key, OLD, value(2));
        }

        @Actor
        public void writer2(ZZI_Result r) {
            r.r2 = STORE.replace(key, OLD, value(3));
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = last();
        }
    }

    @JCStressTest
    @Description("A replacement and a conditional delete of the same value: one wins.")
    @Outcome(
            id = {"true, false, 2", "false, true, 0"},
            expect = ACCEPTABLE,
            desc = "Replaced, or deleted.")
    @Outcome(expect = FORBIDDEN, desc = "None or both have won.")
    @State
    public static class ReplaceAgainstDelete extends Present {
        @Actor
        public void writer(ZZI_Result r) {
            r.r1 = STORE.replace(key, OLD, value(2));
        }

        @Actor
        public void deleter(ZZI_Result r) {
            r.r2 = STORE.delete(key, OLD);
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = last();
        }
    }
}
