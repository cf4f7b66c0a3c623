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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        check(SteppedBucket.class, LONG ? 1_000 : 15);
    }

    @Test
    void verbsOfABucketOnTheDiskAreLinearizable(@TempDir Path parent) {
        SteppedBucket.directories = () -> newDirectory(parent);
        check(SteppedBucket.class, LONG ? 100 : 10);
    }

    @Test
    void aWriteWinsOverAMergeThatMovesItsKey() {
        SteppedBucket.directories = MemoryDirectory::new;
        options(LONG ? 1_000 : 20)
                .actorsPerThread(1)
                .actorsBefore(0)
                .actorsAfter(1)
                .sequentialSpecification(MergedKey.Model.class)
                .check(MergedKey.class);
    }

    @ParameterizedTest
    @ValueSource(classes = {AbsentKey.class, PresentKey.class})
    void ofTwoConditionalWritesOneWins(Class<?> verbs) {
        SteppedBucket.directories = MemoryDirectory::new;
        options(LONG ? 1_000 : 30)
                .actorsPerThread(1)
                .actorsBefore(0)
                .actorsAfter(0)
                .sequentialSpecification(verbs.getDeclaredClasses()[0])
                .check(verbs);
    }

    private static StoreDirectory newDirectory(Path parent) {
        try {
            return new DiskDirectory(Files.createTempDirectory(parent, "store"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(Class<?> verbs, int invocations) {
        options(invocations)
                .sequentialSpecification(BucketVerbs.MapOfValues.class)
                .check(verbs);
    }

    private static ModelCheckingOptions options(int invocations) {
        return new ModelCheckingOptions()
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
                .loopBound(300);
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

        @Override
        protected KVBatch batch() {
            return store.batch();
        }
    }

    /** A key that one thread writes while the other merges; both read it afterwards. */
    @Param(name = "value", gen = IntGen.class, conf = "2:9")
    public static class MergedKey extends OneKey {
        public MergedKey() {
            bucket.put(OneKey.KEY, bytes(1));
        }

        private int get() {
            byte[] value = bucket.get(OneKey.KEY);
            return value == null ? 0 : value[0];
        }

        @Operation(nonParallelGroup = "writer")
        public int put(@Param(name = "value") int value) {
            bucket.put(OneKey.KEY, bytes(value));
            return get();
        }

        @Operation(nonParallelGroup = "writer")
        public int delete() {
            bucket.delete(OneKey.KEY);
            return get();
        }

        @Operation(nonParallelGroup = "merge")
        public int merge() {
            store.merge();
            return get();
        }

        /** What it is. */
        public static class Model {
            private int value = 1;

            public int put(int newValue) {
                value = newValue;
                return value;
            }

            public int delete() {
                value = 0;
                return value;
            }

            public int merge() {
                return value;
            }
        }
    }

    /** A key, and verbs that ask before they write: so few that any two of them contradict each other. */
    abstract static class OneKey {
        private static final byte[] KEY = {1};

        final ThreadlessStore store = ThreadlessStore.open(SteppedBucket.directories);
        final KVBucket bucket = store.bucket("stepped");

        static byte[] bytes(int value) {
            return new byte[] {(byte) value};
        }
    }

    /** Of two that put, one wins. */
    @Param(name = "value", gen = IntGen.class, conf = "1:2")
    public static class AbsentKey extends OneKey {
        @Operation
        public boolean putIfAbsent(@Param(name = "value") int value) {
            return bucket.putIfAbsent(OneKey.KEY, bytes(value));
        }

        /** What it is. */
        public static class Model {
            private boolean present;

            public boolean putIfAbsent(int value) {
                boolean absent = !present;
                present = true;
                return absent;
            }
        }
    }

    /** Of two that replace or delete the value, one wins. */
    @Param(name = "value", gen = IntGen.class, conf = "2:3")
    public static class PresentKey extends OneKey {
        public PresentKey() {
            bucket.put(OneKey.KEY, bytes(1));
        }

        @Operation
        public boolean replace(@Param(name = "value") int value) {
            return bucket.replace(OneKey.KEY, bytes(1), bytes(value));
        }

        @Operation
        public boolean deleteIf() {
            return bucket.delete(OneKey.KEY, bytes(1));
        }

        /** What it is. */
        public static class Model {
            private boolean changed;

            public boolean replace(int value) {
                return deleteIf();
            }

            public boolean deleteIf() {
                boolean first = !changed;
                changed = true;
                return first;
            }
        }
    }
}
