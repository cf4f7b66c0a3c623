package io.kvstore.internal.engine;

import io.kvstore.BucketVerbs;
import io.kvstore.KVBatch;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.stress.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All verbs of a bucket, step by step in orders that the model checker tries: index, log, pins and gate are the real
 * ones, and a thread may be stopped at each access to what they share. The table grows and the log rolls within the
 * scenarios. Merges are the business of the stress mode.
 */
@Tag("concurrency")
class BucketModelCheckTest {
    private static final boolean LONG = Boolean.getBoolean("kvstore.long");

    @Test
    void verbsOfABucketInMemoryAreLinearizable() {
        SteppedBucket.directories = MemoryDirectory::new;
        check(LONG ? 1_000 : 30);
    }

    @Test
    void verbsOfABucketOnTheDiskAreLinearizable(@TempDir Path parent) {
        SteppedBucket.directories = () -> newDirectory(parent);
        check(LONG ? 100 : 10);
    }

    private static StoreDirectory newDirectory(Path parent) {
        try {
            return new DiskDirectory(Files.createTempDirectory(parent, "store"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(int invocations) {
        new ModelCheckingOptions()
                .iterations(LONG ? 100 : 3)
                .invocationsPerIteration(invocations)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(BucketModelCheckTest::isBeside)
                        .allMethods()
                        .ignore())
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(ThreadlessStore.class.getName())
                        .methods("open")
                        .ignore())
                .sequentialSpecification(BucketVerbs.MapOfValues.class)
                .check(SteppedBucket.class);
    }

    /** What works on bytes and files that nobody else has yet, or any more, is one step; the checker knows no files. */
    private static boolean isBeside(String className) {
        return className.matches("io\\.kvstore\\.internal\\.(file|format|recovery)\\..*|io\\.kvstore\\.stress\\..*"
                + "|io\\.kvstore\\.internal\\.log\\.(SegmentFiles|ManifestFile).*"
                + "|io\\.kvstore\\.internal\\.engine\\.BucketModelCheckTest|org\\.slf4j\\..*");
    }

    /** A bucket in a store of its own for each order that is tried. */
    public static class SteppedBucket extends BucketVerbs {
        private static volatile Supplier<StoreDirectory> directories;

        private final ThreadlessStore store;

        public SteppedBucket() {
            this(ThreadlessStore.open(directories));
        }

        private SteppedBucket(ThreadlessStore store) {
            super(store.bucket("stepped"));
            this.store = store;
        }

        @Override
        protected KVBatch batch() {
            return store.batch();
        }
    }
}
