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
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/** A bucket that is made, and one that is dropped, against whoever uses it, while a merge moves the records about. */
public final class StoreDrop {
    private StoreDrop() {}

    /** A bucket with one key, whose value is 1. */
    abstract static class OneKey {
        final KVBucket bucket = newBucket();
        final byte[] key = newKey();

        OneKey() {
            bucket.put(key, value(1));
        }

        final void drop() {
            STORE.dropBucket(bucket.name());
        }
    }

    @JCStressTest
    @Description("Whoever finds a bucket gone by one handle finds it gone by all others, also one that has found it.")
    @Outcome(
            id = {"1, 1", "1, 0", "0, 0"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the drop.")
    @Outcome(expect = FORBIDDEN, desc = "Gone and back again.")
    @State
    public static class GetAgainstDrop extends OneKey {
        @Actor
        public void dropper() {
            drop();
        }

        @Actor
        public void reader(II_Result r) {
            // Until the drop has got so far: it takes longer than a read.
            for (int i = 0; i < 100 && (i == 0 || r.r1 == 1); i++) {
                r.r1 = get(STORE.bucket(bucket.name()), key);
                r.r2 = get(bucket, key);
            }
        }
    }

    @JCStressTest
    @Description("A put and a drop of its bucket: one comes last, and size and names agree with it.")
    @Outcome(
            id = {"0, 0, 0", "2, 1, 1"},
            expect = ACCEPTABLE,
            desc = "The drop, or the put, came last.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "The old value is back, or the bucket is there by one account and not by another.")
    @State
    public static class PutAgainstDrop extends OneKey {
        @Actor
        public void writer() {
            bucket.put(key, value(2));
        }

        @Actor
        public void dropper() {
            drop();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = get(bucket, key);
            r.r2 = (int) bucket.size();
            r.r3 = STORE.bucketNames().contains(bucket.name()) ? 1 : 0;
            drop();
        }
    }

    @JCStressTest
    @Description("The first puts to a bucket make one bucket, which has both keys.")
    @Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "Both are there.")
    @Outcome(expect = FORBIDDEN, desc = "One has made another bucket of that name, or has failed.")
    @State
    public static class FirstPuts {
        private final KVBucket bucket = newBucket();
        private final byte[] key1 = newKey();
        private final byte[] key2 = newKey();

        @Actor
        public void writer1() {
            bucket.put(key1, value(1));
        }

        @Actor
        public void writer2() {
            STORE.bucket(bucket.name()).put(key2, value(2));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = get(bucket, key1);
            r.r2 = get(bucket, key2);
            r.r3 = (int) bucket.size();
            STORE.dropBucket(bucket.name());
        }
    }

    @JCStressTest
    @Description("A scan of a bucket that is dropped and made again brings keys of the one or of the other.")
    @Outcome(
            id = {"of 1?2{0,8}, 1", "of 4, 1"},
            expect = ACCEPTABLE,
            desc = "Of the dropped one as many as it came to, or those of the new one.")
    @Outcome(expect = FORBIDDEN, desc = "Of both, one twice, or what was dropped is there in the end.")
    @State
    public static class ScanAgainstDrop extends OneKey {
        private static final int OTHERS = 8;
        private static final String ALL = "of 1" + "2".repeat(OTHERS);

        public ScanAgainstDrop() {
            for (int i = 0; i < OTHERS; i++) {
                bucket.put(newKey(), value(2));
            }
        }

        @Actor
        public void dropper() {
            drop();
            bucket.put(key, value(4));
        }

        @Actor
        public void reader(LI_Result r) {
            // Until the drop has got so far: it takes longer than a scan.
            for (int i = 0; i < 30 && (i == 0 || r.r1.equals(ALL)); i++) {
                r.r1 = "of " + scan(bucket);
            }
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r2 = (int) bucket.size();
            drop();
        }
    }
}
