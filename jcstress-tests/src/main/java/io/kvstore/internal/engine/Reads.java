package io.kvstore.internal.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** One read of the engine, against what takes the record away under it. */
public final class Reads {
    private Reads() {}

    @JCStressTest
    @Description("A read finds its record in the victim of a merge, or its copy: it pins before it looks up.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "In the victim, which stayed that long.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "The copy.")
    @Outcome(expect = FORBIDDEN, desc = "It was on its way to the victim when that was removed.")
    @State
    public static class AgainstRemoval extends SmallEngine {
        private final BucketIndex bucket = catalog.find(BucketCatalog.DEFAULT_ID);
        private final long old = append(bucket, 1);
        private final long copy;

        public AgainstRemoval() {
            bucket.index().put(hash.hash(key), old);
            log.rollIfUsed();
            copy = append(bucket, 2);
        }

        @Actor
        public void reader(I_Result r) {
            r.r1 = get(bucket);
        }

        @Actor
        public void merge() {
            bucket.index().compareAndSet(hash.hash(key), old, copy);
            removeVictim();
        }
    }

    @JCStressTest
    @Description(
            "Whoever has found a bucket that is dropped reads what was in it, or nothing: it asks with a pin held.")
    @Outcome(
            id = {"1, 1", "1, 0", "0, 0"},
            expect = ACCEPTABLE,
            desc = "Before, across or after the drop.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "It has read records that no merge cares for any more, or the bucket came back.")
    @State
    public static class AgainstDrop extends SmallEngine {
        private final BucketIndex bucket = catalog.declare(1, "dropped");

        public AgainstDrop() {
            bucket.index().put(hash.hash(key), append(bucket, 1));
            log.rollIfUsed();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = get(bucket);
            r.r2 = get(bucket);
        }

        @Actor
        public void dropAndMerge() {
            catalog.drop(bucket);
            removeVictim();
        }
    }
}
