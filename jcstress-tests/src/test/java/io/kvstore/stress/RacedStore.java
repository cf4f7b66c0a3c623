package io.kvstore.stress;

import io.kvstore.KVClosedException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;

/** A store of tiny segments, which a thread of its own merges without pause: it rolls and merges within scenarios. */
public final class RacedStore {
    private static final String OPTIONS = "?segmentSize=" + KVOptions.MIN_SEGMENT_SIZE + "&autoMerge=false";

    private RacedStore() {}

    /**
     * Runs a test in memory.
     *
     * @param test gets the store while it is merged
     */
    public static void inMemory(Consumer<KVStore> test) {
        run("kvstore:mem:raced" + OPTIONS, test);
    }

    /**
     * Runs a test on the disk.
     *
     * @param directory empty
     * @param test gets the store while it is merged
     */
    public static void onDisk(Path directory, Consumer<KVStore> test) {
        run("kvstore:file:" + directory + OPTIONS, test);
    }

    private static void run(String url, Consumer<KVStore> test) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (KVStore store = KVStore.open(url)) {
            Thread merger = new Thread(() -> mergeUntilClosed(store, failure), "merge for ever");
            merger.setDaemon(true);
            merger.start();
            test.accept(store);
            Throwable ended = failure.get();
            if (ended != null) {
                throw new AssertionError("a merge has failed meanwhile", ended);
            }
            if (store.stats().merges() == 0) {
                throw new AssertionError("nothing was merged meanwhile");
            }
        }
    }

    private static void mergeUntilClosed(KVStore store, AtomicReference<@Nullable Throwable> failure) {
        try {
            for (; ; ) {
                store.merge();
            }
        } catch (KVClosedException e) {
            // the end of the test
        } catch (RuntimeException | Error e) {
            failure.set(e);
        }
    }

    /**
     * How long a test in stress mode takes.
     *
     * @param specification what the scenarios are compared with
     * @return some seconds; two hundred times as many in the long run
     */
    public static StressOptions pace(Class<?> specification) {
        return new StressOptions()
                .iterations(Boolean.getBoolean("kvstore.long") ? 200 : 10)
                .invocationsPerIteration(Boolean.getBoolean("kvstore.long") ? 1_000 : 100)
                .threads(3)
                .actorsPerThread(3)
                .minimizeFailedScenario(false)
                .sequentialSpecification(specification);
    }
}
