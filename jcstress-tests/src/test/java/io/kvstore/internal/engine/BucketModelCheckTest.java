package io.kvstore.internal.engine;

import io.kvstore.BucketVerbs;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.log.SegmentSet;
import io.kvstore.stress.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
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
        check(SteppedBucket.class, BucketVerbs.MapOfValues.class, LONG ? 1_000 : 30);
    }

    @Test
    void verbsOfABucketOnTheDiskAreLinearizable(@TempDir Path parent) {
        SteppedBucket.directories = () -> newDirectory(parent);
        check(SteppedBucket.class, BucketVerbs.MapOfValues.class, LONG ? 100 : 10);
    }

    @Test
    void verbsAreLinearizableWhileAMergeMovesTheRecords() {
        SteppedBucket.directories = MemoryDirectory::new;
        check(MergedBucket.class, BucketVerbs.MapOfValues.class, LONG ? 300 : 10);
    }

    @Test
    void conditionalVerbsOfOneKeyAreLinearizable() {
        SteppedBucket.directories = MemoryDirectory::new;
        check(OneKey.class, OneKey.Model.class, LONG ? 1_000 : 30);
    }

    private static StoreDirectory newDirectory(Path parent) {
        try {
            return new DiskDirectory(Files.createTempDirectory(parent, "store"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(Class<?> verbs, Class<?> model, int invocations) {
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
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(SegmentSet.class.getName())
                        .methods("all")
                        .ignore())
                // The drain of a merge looks at 64 pins: a loop that is no hang.
                .loopBound(300)
                .sequentialSpecification(model)
                .check(verbs);
    }

    /** What works on bytes and files that nobody else has yet, or any more, is one step; the checker knows no files. */
    private static boolean isBeside(String className) {
        return className.matches(
                "java\\.util\\.stream\\..*|io\\.kvstore\\.internal\\.(file|format|recovery)\\..*|io\\.kvstore\\.stress\\..*"
                        + "|io\\.kvstore\\.internal\\.log\\.(SegmentFiles|ManifestFile).*"
                        + "|io\\.kvstore\\.internal\\.merge\\.(VictimCopy|MergeOutput|TombstoneRule|DeletedKeys).*"
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

        final ThreadlessStore store() {
            return store;
        }

        @Override
        protected KVBatch batch() {
            return store.batch();
        }
    }

    /** The same, with a merge among the verbs. */
    public static class MergedBucket extends SteppedBucket {
        @Operation
        public void merge() {
            store().merge();
        }
    }

    /** The verbs that ask before they write, on one key: so few that most scenarios have two that contradict. */
    @Param(name = "value", gen = IntGen.class, conf = "1:2")
    public static class OneKey {
        private static final byte[] KEY = {1};

        private final KVBucket bucket =
                ThreadlessStore.open(SteppedBucket.directories).bucket("stepped");

        private static byte[] bytes(int value) {
            return new byte[] {(byte) value};
        }

        @Operation
        public boolean putIfAbsent(@Param(name = "value") int value) {
            return bucket.putIfAbsent(KEY, bytes(value));
        }

        @Operation
        public boolean replace(@Param(name = "value") int expected, @Param(name = "value") int value) {
            return bucket.replace(KEY, bytes(expected), bytes(value));
        }

        @Operation
        public boolean delete() {
            return bucket.delete(KEY);
        }

        @Operation
        public boolean deleteIf(@Param(name = "value") int expected) {
            return bucket.delete(KEY, bytes(expected));
        }

        /** What a key is. */
        public static class Model {
            private final BucketVerbs.MapOfValues values = new BucketVerbs.MapOfValues();

            public boolean putIfAbsent(int value) {
                return values.putIfAbsent(1, value);
            }

            public boolean replace(int expected, int value) {
                return values.replace(1, expected, value);
            }

            public boolean delete() {
                return values.delete(1);
            }

            public boolean deleteIf(int expected) {
                return values.deleteIf(1, expected);
            }
        }
    }
}
