package io.kvstore.internal.index;

import static io.kvstore.internal.index.Keys.A;
import static io.kvstore.internal.index.Keys.location;
import static io.kvstore.internal.index.Keys.look;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The swap of a merge under the log's lock, against writers under the same lock and readers without. */
public final class IndexSwap {
    private static final int VICTIM = 1;
    private static final int COPY = 2;
    private static final int NEWER = 3;

    private IndexSwap() {}

    /** A key whose record a merge has copied. */
    abstract static class Copied {
        final ShardedIndex index = new ShardedIndex();
        private final Lock lock = new ReentrantLock();

        Copied() {
            index.put(A, location(VICTIM));
        }

        boolean swap() {
            lock.lock();
            try {
                return index.compareAndSet(A, location(VICTIM), location(COPY));
            } finally {
                lock.unlock();
            }
        }

        void put() {
            lock.lock();
            try {
                index.prepare(A);
                index.put(A, location(NEWER));
            } finally {
                lock.unlock();
            }
        }

        int remove() {
            lock.lock();
            try {
                index.prepare(A);
                return Location.slot(index.remove(A));
            } finally {
                lock.unlock();
            }
        }
    }

    @JCStressTest
    @Description("A write that races with the merge of the same key wins over the merged copy, whoever comes first.")
    @Outcome(
            id = {"0, 3", "1, 3"},
            expect = ACCEPTABLE,
            desc = "The write stays, whether the copy was there before or not.")
    @Outcome(expect = FORBIDDEN, desc = "The merged copy has undone a newer write.")
    @State
    public static class AgainstPut extends Copied {
        @Actor
        public void merge(II_Result r) {
            r.r1 = swap() ? 1 : 0;
        }

        @Actor
        public void writer() {
            put();
        }

        @Arbiter
        public void last(II_Result r) {
            r.r2 = look(index, A);
        }
    }

    @JCStressTest
    @Description("A deleted key does not come back by the merge of its record.")
    @Outcome(
            id = {"0, 1, 0", "1, 2, 0"},
            expect = ACCEPTABLE,
            desc = "Gone; the delete met the victim, or the copy.")
    @Outcome(expect = FORBIDDEN, desc = "The key came back, or the delete missed it.")
    @State
    public static class AgainstDelete extends Copied {
        @Actor
        public void merge(III_Result r) {
            r.r1 = swap() ? 1 : 0;
        }

        @Actor
        public void writer(III_Result r) {
            r.r2 = remove();
        }

        @Arbiter
        public void last(III_Result r) {
            r.r3 = look(index, A);
        }
    }

    @JCStressTest
    @Description(
            "A reader finds a key in the victim or in the copy, never absent, and not in the victim after the copy.")
    @Outcome(
            id = {"1, 1", "1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the swap.")
    @Outcome(expect = FORBIDDEN, desc = "Absent, or back in the victim.")
    @State
    public static class AgainstGet extends Copied {
        @Actor
        public void merge() {
            swap();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = look(index, A);
            r.r2 = look(index, A);
        }
    }
}
