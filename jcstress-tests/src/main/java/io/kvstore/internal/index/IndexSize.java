package io.kvstore.internal.index;

import static io.kvstore.internal.index.Keys.A;
import static io.kvstore.internal.index.Keys.B;
import static io.kvstore.internal.index.Keys.location;
import static io.kvstore.internal.index.Keys.look;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The number of keys, which readers take without a lock. */
public final class IndexSize {
    private IndexSize() {}

    @JCStressTest
    @Description("The size is released after the key: whoever sees a key counted finds it.")
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Not counted yet, or counted and found.")
    @Outcome(expect = FORBIDDEN, desc = "Counted before it was there.")
    @State
    public static class CountedIsFound {
        private final ShardedIndex index = new ShardedIndex();

        @Actor
        public void writer() {
            index.put(A, location(1));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = (int) index.size();
            r.r2 = look(index, A);
        }
    }

    @JCStressTest
    @Description("The size is that of some moment: a key that goes and another that comes make it 2, 1 or 2 again.")
    @Outcome(
            id = {"2, 2", "2, 1", "1, 2", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Sizes that the index has had.")
    @Outcome(expect = FORBIDDEN, desc = "A size that the index has never had.")
    @State
    public static class OfSomeMoment {
        private final ShardedIndex index = new ShardedIndex();

        public OfSomeMoment() {
            index.put(A, location(1));
            index.put(B, location(2));
        }

        @Actor
        public void writer() {
            index.remove(A);
            index.put(Keys.C, location(3));
            index.put(B, location(4));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = (int) index.size();
            r.r2 = (int) index.size();
        }
    }

    @JCStressTest(Mode.Termination)
    @Description("A thread that asks again and again sees a new size before long.")
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It was seen.")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "The old size is read for ever.")
    @State
    public static class IsSeenBeforeLong {
        private final ShardedIndex index = new ShardedIndex();

        @Actor
        public void reader() {
            while (index.size() == 0) {
                // until it is seen
            }
        }

        @Signal
        public void writer() {
            index.put(A, location(1));
        }
    }
}
