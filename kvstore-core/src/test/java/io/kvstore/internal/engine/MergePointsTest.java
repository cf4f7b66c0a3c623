package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVClosedException;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stops a merge at each of its points, and there reads, writes, scans, drops, kills and closes. */
@Tag("concurrency")
class MergePointsTest {
    private static final int KEYS = 300;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(2048)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicBoolean armed = new AtomicBoolean();
    private final Map<String, String> expected = new TreeMap<>();
    private Path directory;
    private FileStore store;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectories(temp.resolve("store"));
    }

    /** A store with garbage in all its segments, whose first merge stops at a point. */
    private void open(MergePoint point) {
        store = FileStore.open(FaultyDirectory.unsynced(directory), OPTIONS, System::currentTimeMillis, at -> {
            if (at == point && armed.compareAndSet(true, false)) {
                reached.countDown();
                await(goOn);
            }
        });
        for (int i = 0; i < KEYS; i++) {
            put("key-" + i, "value-0");
        }
        // Every segment has current records as well as garbage, also those of the first step.
        for (int i = 0; i < KEYS; i += 5) {
            put("key-" + i, "value-1");
        }
        for (int i = 0; i < KEYS; i += 3) {
            delete("key-" + i);
        }
        for (int i = 0; i < KEYS; i++) {
            store.bucket("dropped").put(Bytes.of(i), Bytes.of("gone"));
        }
        armed.set(true);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("the merge thread was interrupted", e);
        }
    }

    private void put(String key, String value) {
        store.put(Bytes.of(key), Bytes.of(value));
        expected.put(key, value);
    }

    private void delete(String key) {
        assertThat(store.delete(Bytes.of(key))).isEqualTo(expected.remove(key) != null);
    }

    private void check(KVStore checked) {
        assertThat(Stores.scan(checked)).isEqualTo(expected);
        for (int i = 0; i < KEYS; i++) {
            String key = "key-" + i;
            assertThat(Bytes.text(checked.get(Bytes.of(key)))).as(key).isEqualTo(expected.get(key));
        }
        assertThat(checked.size()).isEqualTo(expected.size());
    }

    @ParameterizedTest
    @EnumSource(MergePoint.class)
    void readersAndWritersGoOnAtEachPoint(MergePoint point) {
        open(point);
        KVCursor before = store.scan();
        int seen = 0;
        for (; seen < 20; seen++) {
            assertThat(before.next()).isTrue();
        }
        try (Crew crew = new Crew()) {
            crew.start("merge", store::merge);
            await(reached);
            check(store);
            for (int i = 0; i < KEYS; i += 2) {
                put("key-" + i, "during");
            }
            for (int i = 1; i < KEYS; i += 4) {
                delete("key-" + i);
            }
            for (int i = 0; i < KEYS; i += 8) {
                delete("key-" + i);
                put("key-" + i, "again");
            }
            assertThat(store.dropBucket("dropped")).isTrue();
            store.bucket("dropped").put(Bytes.of("new"), Bytes.of("new"));
            check(store);
            goOn.countDown();
        }
        Map<String, String> scanned = new TreeMap<>();
        while (before.next()) {
            String key = Bytes.text(before.key());
            assertThat(scanned.put(key, Bytes.text(before.value()))).as(key).isNull();
        }
        before.close();
        check(store);
        assertThat(Stores.scan(store.bucket("dropped"))).containsOnlyKeys("new");
        store.merge();
        check(store);
        store.close();
        try (KVStore reopened = KVStore.open(directory, OPTIONS)) {
            check(reopened);
            assertThat(Stores.scan(reopened.bucket("dropped"))).containsOnlyKeys("new");
        }
    }

    @ParameterizedTest
    @EnumSource(MergePoint.class)
    void storeThatIsKilledAtAPointOpens(MergePoint point) throws IOException {
        open(point);
        Path killed = temp.resolve("killed");
        try (Crew crew = new Crew()) {
            crew.start("merge", store::merge);
            await(reached);
            put("key-1", "during");
            delete("key-2");
            Stores.copy(directory, killed);
            goOn.countDown();
        }
        store.close();
        for (int open = 0; open < 2; open++) {
            try (KVStore reopened = KVStore.open(killed, OPTIONS)) {
                check(reopened);
                requireNoLeftovers(killed, reopened);
                reopened.merge();
                check(reopened);
            }
        }
    }

    /** All segments are those that count, or one that is made ahead, and each hint has its segment. */
    private static void requireNoLeftovers(Path directory, KVStore opened) throws IOException {
        List<String> segments = opened.stats().segmentFigures().stream()
                .map(segment -> String.format("%010d", segment.number()))
                .toList();
        int active = opened.stats().segmentFigures().stream()
                .filter(segment -> segment.active())
                .findFirst()
                .orElseThrow()
                .number();
        for (Path file : Stores.files(directory)) {
            String name = file.getFileName().toString();
            assertThat(name).doesNotEndWith(".new");
            if (name.matches("[0-9]{10}\\..*")) {
                int number = Integer.parseInt(name.substring(0, 10));
                assertThat(segments.contains(name.substring(0, 10)) || number > active)
                        .as("%s counts: %s", name, segments)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MergePoint.class)
    void storeThatIsClosedAtAPointLosesNothing(MergePoint point) {
        open(point);
        try (Crew crew = new Crew()) {
            crew.start("merge", () -> {
                try {
                    store.merge();
                } catch (KVClosedException e) {
                    // What a merge that is cut off throws.
                }
            });
            await(reached);
            Thread closing = crew.start("close", store::close);
            Crew.awaitUntil("the store is closed to callers", () -> isClosed(store));
            Crew.awaitParked(closing);
            goOn.countDown();
        }
        try (KVStore reopened = KVStore.open(directory, OPTIONS)) {
            check(reopened);
            reopened.merge();
            check(reopened);
        }
    }

    private static boolean isClosed(KVStore store) {
        try {
            store.size();
            return false;
        } catch (KVClosedException e) {
            return true;
        }
    }
}
