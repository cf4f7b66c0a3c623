package io.kvstore.typed;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.stress.SharedStore;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two threads at one key of a multimap, whose entries, slots and counts lie in three buckets. */
public final class MultimapKey {
    private static final KVMultimap<Integer, Integer> MULTIMAP =
            TypedStore.of(SharedStore.STORE).multimap("raced", Integer.class, Integer.class);
    private static final AtomicInteger LAST = new AtomicInteger();

    private MultimapKey() {}

    /** A key that no other state has. */
    abstract static class Key {
        final int key = LAST.incrementAndGet();

        /** The values of the key as digits in ascending order; -1 if they are counted wrongly. Takes them away. */
        int last() {
            Set<Integer> values = MULTIMAP.get(key);
            int digits = 0;
            int counted = values.size();
            for (int value = 1; value < 10; value++) {
                if (MULTIMAP.containsEntry(key, value)) {
                    digits = 10 * digits + value;
                    counted -= values.contains(value) ? 1 : 0;
                }
            }
            MULTIMAP.removeAll(key);
            return counted == 0 ? digits : -1;
        }
    }

    @JCStressTest
    @Description("Of two threads that put the same entry one is told that it is new, and it is there once.")
    @Outcome(
            id = {"true, false, 1", "false, true, 1"},
            expect = ACCEPTABLE,
            desc = "One of them was first.")
    @Outcome(expect = FORBIDDEN, desc = "Both or none have added it, or it was counted twice.")
    @State
    public static class PutAgainstPut extends Key {
        @Actor
        public void writer1(ZZI_Result r) {
            r.r1 = MULTIMAP.put(key, 1);
        }

        @Actor
        public void writer2(ZZI_Result r) {
            r.r2 = MULTIMAP.put(key, 1);
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = last();
        }
    }

    @JCStressTest
    @Description("A removal moves the last value into the gap: a put beside it neither overwrites nor loses one.")
    @Outcome(id = "true, true, 23", expect = ACCEPTABLE, desc = "Both are done, in some order.")
    @Outcome(expect = FORBIDDEN, desc = "A value was lost, stayed, or was counted wrongly.")
    @State
    public static class PutAgainstRemove extends Key {
        public PutAgainstRemove() {
            MULTIMAP.put(key, 1);
            MULTIMAP.put(key, 2);
        }

        @Actor
        public void adder(ZZI_Result r) {
            r.r1 = MULTIMAP.put(key, 3);
        }

        @Actor
        public void remover(ZZI_Result r) {
            r.r2 = MULTIMAP.remove(key, 1);
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = last();
        }
    }
}
