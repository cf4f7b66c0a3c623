package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The order of a merge's file operations, which is all that a power failure goes by: the page cache of a killed process
 * lives on, and so hides every sync that is missing.
 */
@Tag("crash")
class MergeOrderTest {
    private static final int KEYS = 100;

    /** Nothing syncs by the clock while the test runs. */
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(4096)
            .durability(Durability.BUFFERED)
            .syncInterval(Duration.ofHours(1))
            .autoMerge(false)
            .build();

    @TempDir
    Path directory;

    private final List<Done> done = Collections.synchronizedList(new ArrayList<>());

    private record Done(Operation operation, String file) {}

    private FaultyDirectory recording() {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        String thread = "kvstore-" + directory.getFileName() + "-merge";
        files.faults((operation, file) -> {
            if (Thread.currentThread().getName().equals(thread)) {
                done.add(new Done(operation, file));
            }
        });
        return files;
    }

    private static FileStore open(FaultyDirectory files) {
        return FileStore.open(files, OPTIONS, System::currentTimeMillis, MergePoint.Hook.NONE);
    }

    private static void fill(FileStore store) {
        for (int round = 0; round < 2; round++) {
            for (int i = round; i < KEYS; i += round + 1) {
                store.put(Bytes.of("key-" + i), Bytes.of("value-" + round));
            }
        }
        for (int i = 0; i < KEYS; i += 3) {
            store.delete(Bytes.of("key-" + i));
        }
    }

    private int indexOfCommit() {
        int commit = done.indexOf(new Done(Operation.RENAME, FileNames.MANIFEST));
        assertThat(commit).as("the manifest is replaced: %s", done).isPositive();
        return commit;
    }

    @Test
    void whatAMergeHasWrittenIsForcedBeforeTheManifestNamesIt() {
        try (FileStore store = open(recording())) {
            fill(store);
            store.merge();
        }
        int commit = indexOfCommit();
        Set<String> unforced = new HashSet<>();
        boolean unnamed = false;
        int created = 0;
        for (Done each : done.subList(0, commit)) {
            switch (each.operation()) {
                case CREATE -> {
                    created++;
                    unnamed = true;
                    unforced.add(each.file());
                }
                case WRITE -> unforced.add(each.file());
                case FORCE -> unforced.remove(each.file());
                case SYNC_DIRECTORY -> unnamed = false;
                default -> {}
            }
        }
        assertThat(created).as("segment, hint and manifest").isGreaterThanOrEqualTo(3);
        assertThat(unforced).as("written and not forced before the commit").isEmpty();
        assertThat(unnamed)
                .as("a file was made after the last sync of the directory")
                .isFalse();
    }

    @Test
    void victimsAreRemovedOnceTheNameOfTheManifestIsDurable() {
        Set<String> victims = new HashSet<>();
        try (FileStore store = open(recording())) {
            fill(store);
            for (KVStats.Segment segment : store.stats().segmentFigures()) {
                victims.add(FileNames.segment(segment.number()));
            }
            store.merge();
        }
        int commit = indexOfCommit();
        int removed = -1;
        for (int i = 0; i < done.size() && removed < 0; i++) {
            boolean deletes = done.get(i).operation() == Operation.DELETE;
            removed = deletes && victims.contains(done.get(i).file()) ? i : -1;
        }
        assertThat(removed).as("victims are removed: %s", done).isGreaterThan(commit);
        assertThat(done.subList(commit, removed)).contains(new Done(Operation.SYNC_DIRECTORY, ""));
    }

    @Test
    void whatSupersedesADroppedRecordIsDurableBeforeTheCommit() throws IOException {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        List<String> unsynced = new ArrayList<>();
        List<String> looked = new ArrayList<>();
        try (FileStore store = open(files)) {
            fill(store);
            store.merge();
            // Sealed and durable: a merge of these alone has no reason of its own to sync the log.
            fill(store);
            store.sync();
            int active = active(store);
            store.put(Bytes.of("key-1"), Bytes.of("newest"));
            assertThat(store.delete(Bytes.of("key-2"))).isTrue();
            assertThat(active(store)).as("still the same segment").isEqualTo(active);
            String name = FileNames.segment(active);
            assertThat(files.forced(name)).as("not synced yet").isLessThan(files.written(name));
            files.faults((operation, file) -> {
                if (operation == Operation.RENAME && file.equals(FileNames.MANIFEST)) {
                    looked.add(name);
                    if (files.forced(name) < files.written(name)) {
                        unsynced.add(name);
                    }
                }
            });
            store.merger().mergeOnly(number -> number < active);
            assertThat(looked).as("the merge has committed").hasSize(1);
            assertThat(unsynced).as("committed before the log was synced").isEmpty();
            assertThat(Stores.scan(store)).containsEntry("key-1", "newest").doesNotContainKey("key-2");
        }
    }

    /** No second merge sets right what the first has got wrong: the order of the segments on opening is what counts. */
    @ParameterizedTest
    @EnumSource(
            value = MergePoint.class,
            names = {"CHOSEN", "COPIED", "WRITTEN"})
    void whatIsWrittenDuringAMergeIsNewerThanItsCopiesOnOpening(MergePoint point) {
        AtomicReference<Runnable> during = new AtomicReference<>();
        MergePoint.Hook hook = at -> {
            Runnable writes = at == point ? during.getAndSet(null) : null;
            if (writes != null) {
                writes.run();
            }
        };
        FileStore store = FileStore.open(FaultyDirectory.unsynced(directory), OPTIONS, System::currentTimeMillis, hook);
        fill(store);
        Map<String, String> expected = Stores.scan(store);
        during.set(() -> {
            for (int i = 0; i < KEYS; i++) {
                put(store, expected, "key-" + i, "during");
            }
            for (int i = 0; i < KEYS; i += 2) {
                store.delete(Bytes.of("key-" + i));
                expected.remove("key-" + i);
            }
            // All of that is in sealed segments by the time the copies get their place in the order.
            for (int i = 0; i < 2 * KEYS; i++) {
                put(store, expected, "filler-" + i, "during");
            }
        });
        store.merge();
        assertThat(during).hasNullValue();
        assertThat(Stores.scan(store)).isEqualTo(expected);
        store.close();
        try (FileStore reopened = open(FaultyDirectory.unsynced(directory))) {
            assertThat(Stores.scan(reopened)).isEqualTo(expected);
        }
    }

    private static void put(FileStore store, Map<String, String> expected, String key, String value) {
        store.put(Bytes.of(key), Bytes.of(value));
        expected.put(key, value);
    }

    private static int active(FileStore store) {
        return store.stats().segmentFigures().stream()
                .filter(KVStats.Segment::active)
                .findFirst()
                .orElseThrow()
                .number();
    }
}
