package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fails each file operation of a full merge in turn. */
@Tag("crash")
class MergeFaultTest {
    private static final int KEYS = 60;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(2048)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    private final Map<String, String> expected = new TreeMap<>();

    private void fill(KVStore store) {
        expected.clear();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < KEYS; i++) {
                store.put(Bytes.of("key-" + i), Bytes.of("value-" + round));
                expected.put("key-" + i, "value-" + round);
            }
        }
        for (int i = 0; i < KEYS; i += 3) {
            store.delete(Bytes.of("key-" + i));
            expected.remove("key-" + i);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mergeThatFailsAnywhereLosesNothingAndWorksAgain(boolean noSpace) throws IOException {
        for (int failing = 1; ; failing++) {
            Path directory = Files.createDirectories(temp.resolve("s" + failing));
            if (!survives(directory, failing, noSpace)) {
                assertThat(failing).as("operations of a merge").isGreaterThan(30);
                return;
            }
            Stores.clear(directory);
        }
    }

    /** Returns false if the merge has fewer operations than the one that was to fail. */
    private boolean survives(Path directory, int failing, boolean noSpace) {
        AtomicInteger operations = new AtomicInteger();
        String thread = "kvstore-" + directory.getFileName() + "-merge";
        String what = "operation " + failing;
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        boolean poisoned = false;
        try (FileStore store = FileStore.open(files, OPTIONS, System::currentTimeMillis, MergePoint.Hook.NONE)) {
            fill(store);
            files.faults((operation, file) -> {
                if (Thread.currentThread().getName().equals(thread) && operations.incrementAndGet() == failing) {
                    throw noSpace
                            ? new NoSpaceException("made up: " + operation, new IOException("full"))
                            : new IOException("made up: " + operation);
                }
            });
            try {
                store.merge();
            } catch (KVException e) {
                assertThat(e).as(what).hasStackTraceContaining("made up");
                assertThat(e instanceof KVNoSpaceException || e.code() != KVErrorCode.NO_SPACE)
                        .isTrue();
            }
            files.faults((operation, file) -> {});
            assertThat(Stores.scan(store)).as(what).isEqualTo(expected);
            poisoned = isPoisoned(store);
            if (!poisoned) {
                store.put(Bytes.of("after"), Bytes.of("fault"));
                expected.put("after", "fault");
                store.merge();
                assertThat(Stores.scan(store)).as(what).isEqualTo(expected);
            }
        } catch (KVException e) {
            assertThat(poisoned).as("%s: closing failed: %s", what, e).isTrue();
        }
        try (KVStore store = KVStore.open(directory, OPTIONS)) {
            assertThat(Stores.scan(store)).as("%s, reopened", what).isEqualTo(expected);
            store.merge();
            assertThat(Stores.scan(store)).as("%s, merged", what).isEqualTo(expected);
        }
        return operations.get() >= failing;
    }

    private static boolean isPoisoned(KVStore store) {
        try {
            store.put(Bytes.of("probe"), Bytes.of("probe"));
            store.delete(Bytes.of("probe"));
            return false;
        } catch (KVException e) {
            assertThat(e.code()).isEqualTo(KVErrorCode.SYNC_FAILED);
            return true;
        }
    }
}
