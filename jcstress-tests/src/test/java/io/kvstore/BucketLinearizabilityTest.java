package io.kvstore;

import io.kvstore.stress.RacedStore;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All verbs of a bucket in random scenarios of three threads, while its tiny segments are merged without pause. */
@Tag("concurrency")
class BucketLinearizabilityTest {
    @Test
    void verbsOfABucketInMemoryAreLinearizable() {
        RacedStore.inMemory(store -> check(store, MergedBucket.class));
    }

    @Test
    void verbsOfABucketOnTheDiskAreLinearizable(@TempDir Path directory) {
        RacedStore.onDisk(directory, store -> check(store, RacedBucket.class));
    }

    private static void check(KVStore store, Class<? extends RacedBucket> bucket) {
        RacedBucket.store = store;
        RacedStore.pace(BucketVerbs.MapOfValues.class).check(bucket);
    }

    /** A bucket of its own for each run of a scenario. */
    public static class RacedBucket extends BucketVerbs {
        private static final AtomicInteger LAST = new AtomicInteger();
        private static volatile KVStore store;

        public RacedBucket() {
            super(store.bucket("b" + LAST.incrementAndGet()));
            store.dropBucket("b" + (LAST.get() - 1));
        }

        @Override
        protected KVBatch batch() {
            return store.batch();
        }
    }

    /** The same, with a merge among the verbs: one that is sure to come between them. On a disk it takes long. */
    public static class MergedBucket extends RacedBucket {
        @Operation
        public void merge() {
            RacedBucket.store.merge();
        }
    }
}
