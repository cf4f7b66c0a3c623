package io.kvstore;

import static io.kvstore.stress.SharedStore.STORE;
import static io.kvstore.stress.SharedStore.get;
import static io.kvstore.stress.SharedStore.newBucket;
import static io.kvstore.stress.SharedStore.newKey;
import static io.kvstore.stress.SharedStore.scan;
import static io.kvstore.stress.SharedStore.value;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/** Batches and scans of the store, while a merge moves the records about. */
public final class StoreBatch {
    private StoreBatch() {}

    /** Two keys, and a batch that writes both. */
    abstract static class TwoKeys {
        final byte[] key1 = newKey();
        final byte[] key2 = newKey();

        TwoKeys() {
            STORE.put(key1, value(1));
            STORE.put(key2, value(1));
        }

        final void writeBoth() {
            try (KVBatch batch = STORE.batch()) {
                batch.put(key1, value(2)).put(key2, value(2)).commit();
            }
        }

        final void clear() {
            STORE.delete(key1);
            STORE.delete(key2);
        }
    }

    @JCStressTest
    @Description("Whoever has read the first key of a batch reads the last one of it from then on.")
    @Outcome(
            id = {"1, 1", "1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Both old, the batch in between, both new.")
    @Outcome(expect = FORBIDDEN, desc = "A part of the batch.")
    @State
    public static class FirstThenLast extends TwoKeys {
        @Actor
        public void writer() {
            writeBoth();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = get(STORE, key1);
            r.r2 = get(STORE, key2);
        }

        @Arbiter
        public void after() {
            clear();
        }
    }

    @JCStressTest
    @Description("Whoever has read the last key of a batch reads the first one of it from then on.")
    @Outcome(
            id = {"1, 1", "1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Both old, the batch in between, both new.")
    @Outcome(expect = FORBIDDEN, desc = "A part of the batch.")
    @State
    public static class LastThenFirst extends TwoKeys {
        @Actor
        public void writer() {
            writeBoth();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = get(STORE, key2);
            r.r2 = get(STORE, key1);
        }

        @Arbiter
        public void after() {
            clear();
        }
    }

    @JCStressTest
    @Description("A batch that puts a new key and overwrites another: whoever finds the one there finds the other new.")
    @Outcome(
            id = {"0, 1", "0, 2", "1, 2"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the batch.")
    @Outcome(expect = FORBIDDEN, desc = "The one was there, and the other as before.")
    @State
    public static class Presence extends TwoKeys {
        private final byte[] newKey = newKey();

        @Actor
        public void writer() {
            try (KVBatch batch = STORE.batch()) {
                batch.put(newKey, value(2)).put(key2, value(2)).commit();
            }
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = STORE.containsKey(newKey) ? 1 : 0;
            r.r2 = get(STORE, key2);
        }

        @Arbiter
        public void after() {
            STORE.delete(newKey);
            clear();
        }
    }

    @JCStressTest
    @Description("A batch that deletes one key and puts another one: whoever finds the one gone finds the other.")
    @Outcome(
            id = {"1, 1", "1, 2", "0, 2"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the batch.")
    @Outcome(expect = FORBIDDEN, desc = "The one was gone, and the other as before.")
    @State
    public static class Delete extends TwoKeys {
        @Actor
        public void writer() {
            try (KVBatch batch = STORE.batch()) {
                batch.delete(key1).put(key2, value(2)).commit();
            }
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = STORE.containsKey(key1) ? 1 : 0;
            r.r2 = get(STORE, key2);
        }

        @Arbiter
        public void after() {
            clear();
        }
    }

    /** A small bucket, dropped at the end. */
    abstract static class Small {
        final KVBucket bucket = newBucket();
        final byte[] key = newKey();

        Small() {
            bucket.put(newKey(), value(1));
            bucket.put(key, value(2));
        }

        final void drop() {
            STORE.dropBucket(bucket.name());
        }
    }

    @JCStressTest
    @Description("The size of a bucket counts all of a batch or nothing of it.")
    @Outcome(
            id = {"2, 2", "2, 4", "4, 4"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the batch.")
    @Outcome(expect = FORBIDDEN, desc = "A part of the batch, or back in time.")
    @State
    public static class Size extends Small {
        @Actor
        public void writer() {
            try (KVBatch batch = STORE.batch()) {
                batch.put(bucket, newKey(), value(3))
                        .put(bucket, newKey(), value(4))
                        .commit();
            }
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = (int) bucket.size();
            r.r2 = (int) bucket.size();
        }

        @Arbiter
        public void after() {
            drop();
        }
    }

    @JCStressTest
    @Description("A scan brings what is there all the time once, and what is overwritten once, old or new.")
    @Outcome(
            id = {"12, 2", "13, 2"},
            expect = ACCEPTABLE,
            desc = "Both keys, the second one old or new.")
    @Outcome(expect = FORBIDDEN, desc = "A key twice, or one missing that was there all the time.")
    @State
    public static class ScanAgainstPut extends Small {
        @Actor
        public void writer() {
            bucket.put(key, value(3));
        }

        @Actor
        public void reader(LI_Result r) {
            r.r1 = scan(bucket);
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r2 = (int) bucket.size();
            drop();
        }
    }

    @JCStressTest
    @Description("A scan brings what is there all the time, and what is deleted and put beside it or not.")
    @Outcome(
            id = {"12, 2", "1, 2", "124, 2", "14, 2"},
            expect = ACCEPTABLE,
            desc = "1 always; 2 is deleted, 4 comes.")
    @Outcome(expect = FORBIDDEN, desc = "A key that was there all the time is missing, or one comes twice.")
    @State
    public static class ScanAgainstDelete extends Small {
        @Actor
        public void writer() {
            bucket.delete(key);
            bucket.put(newKey(), value(4));
        }

        @Actor
        public void reader(LI_Result r) {
            r.r1 = scan(bucket);
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r2 = (int) bucket.size();
            drop();
        }
    }
}
