package io.kvstore;

import static io.kvstore.stress.SharedStore.get;
import static io.kvstore.stress.SharedStore.newKey;
import static io.kvstore.stress.SharedStore.value;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.stress.SharedStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A key that expires and is removed by a merge, against whoever reads or puts it. */
public final class StoreExpiry {
    private static final AtomicLong MILLIS = new AtomicLong(1_767_225_600_000L);
    private static final Duration TIME_TO_LIVE = Duration.ofMillis(1);
    private static final KVStore STORE = SharedStore.open(MILLIS::get);

    private StoreExpiry() {}

    /**
     * A key in a bucket of its own. One actor sees to all of its life, since all states have one time: a key that the
     * constructor put would have expired with those of the states before.
     */
    abstract static class OneLife {
        /** Some milliseconds. */
        private static final int LOOKS = 100_000;

        final byte[] key = newKey();
        final KVBucket bucket = STORE.bucket(SharedStore.newBucket().name());
        private volatile boolean begun;

        final void begin() {
            bucket.put(key, value(1), TIME_TO_LIVE);
            begun = true;
        }

        final boolean hasBegun() {
            return becomes(() -> begun);
        }

        /** Lets the key expire, and merges what has it. */
        final void end() {
            MILLIS.addAndGet(TIME_TO_LIVE.toMillis());
            STORE.merge();
        }

        /** Waits, but not for ever: the other actor may come much later. */
        static boolean becomes(BooleanSupplier condition) {
            for (int i = 0; i < LOOKS; i++) {
                if (condition.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }
    }

    @JCStressTest
    @Description("A transaction that finds a key gone, which has expired, is as of a moment when it had.")
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1", "2, 1", "2, 0"},
            expect = ACCEPTABLE,
            desc = "As it was at one moment: the key was there as long as the other was 1.")
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "A conflict.")
    @Outcome(expect = FORBIDDEN, desc = "The key was gone, and the other as before.")
    @State
    public static class ReadsOfOneMoment extends OneLife {
        private final byte[] other = newKey();

        @Actor
        public void writer() {
            begin();
            STORE.put(other, value(1));
            // Seals the segment of the key, and takes so long that the reader begins.
            STORE.merge();
            STORE.put(other, value(2));
            end();
        }

        @Actor
        public void reader(II_Result r) {
            becomes(() -> get(STORE, other) != 0);
            try (KVTransaction transaction = STORE.begin()) {
                int first = get(transaction, other);
                if (first == 1) {
                    becomes(() -> bucket.size() == 0);
                }
                int second = get(transaction.bucket(bucket.name()), key);
                transaction.commit();
                r.r1 = first;
                r.r2 = second;
            } catch (KVConflictException e) {
                r.r1 = -1;
                r.r2 = -1;
            }
        }

        @Arbiter
        public void after() {
            STORE.delete(other);
            STORE.dropBucket(bucket.name());
        }
    }

    @JCStressTest
    @Description("A key that has expired may be put again, and the merge that removes what has expired leaves it.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Too early: it was there, or never seen.")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Put, and it stays.")
    @Outcome(expect = FORBIDDEN, desc = "What was put is gone, or what was refused is there.")
    @State
    public static class PutIfAbsent extends OneLife {
        /** The merge takes a while until it has come to the key: in some states the put is to wait as long. */
        private static final AtomicLong PAUSES = new AtomicLong();

        private static final int PAUSE_MAX = 4_096;

        @Actor
        public void merger() {
            begin();
            STORE.merge();
            end();
        }

        @Actor
        public void writer(II_Result r) {
            if (hasBegun() && becomes(() -> get(bucket, key) == 0)) {
                for (long i = PAUSES.addAndGet(61) % PAUSE_MAX; i > 0; i--) {
                    Thread.onSpinWait();
                }
                r.r1 = bucket.putIfAbsent(key, value(2)) ? 2 : 0;
            }
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = get(bucket, key);
            STORE.dropBucket(bucket.name());
        }
    }
}
