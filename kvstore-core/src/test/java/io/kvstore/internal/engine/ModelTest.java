package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on a store and on maps beside it, with clean reopens, and with crashes that cut the log at a random
 * byte: then the store must be at one of the states that the maps went through since the last sync.
 */
@Tag("model")
class ModelTest {
    private static final int RUNS = Integer.getInteger("kvstore.test.model.runs", 12);
    private static final int STEPS = 1_500;
    private static final List<String> BUCKETS = List.of("", "red", "blue");

    @TempDir
    Path temp;

    private Random random;
    private Path directory;
    private KVOptions options;
    private FaultyDirectory files;
    private KVStore store;

    /** What should be in the store, by bucket and key. */
    private Map<String, Map<String, String>> model;

    /** The states since the last sync, this one last. */
    private final List<Map<String, Map<String, String>>> states = new ArrayList<>();

    @Test
    void storeBehavesAsAMapThroughReopensAndCrashes() throws IOException {
        long seed = Seeds.next(getClass());
        for (int run = 0; run < RUNS; run++) {
            random = new Random(seed + run);
            try {
                run(temp.resolve("run" + run));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with seed " + seed + ", run " + run + ": " + e.getMessage(), e);
            }
        }
    }

    private void run(Path path) throws IOException {
        directory = path;
        options = KVOptions.builder()
                .segmentSize(1024L << random.nextInt(8))
                .durability(random.nextBoolean() ? Durability.BUFFERED : Durability.SYNC)
                .build();
        model = new HashMap<>();
        Files.createDirectories(path);
        open();
        synced();
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(300);
            if (dice == 0) {
                store.close();
                open();
                synced();
            } else if (dice == 1) {
                crash();
            } else if (dice == 2) {
                store.sync();
                synced();
            } else if (dice == 3) {
                check();
            } else if (dice == 4) {
                drop();
            } else {
                operate();
            }
        }
        store.close();
    }

    private void open() {
        files = FaultyDirectory.unsynced(directory);
        store = FileStore.open(files, options);
        check();
    }

    private void synced() {
        states.clear();
        states.add(snapshot());
    }

    private void changed() {
        if (options.durability() == Durability.SYNC) {
            states.clear();
        }
        states.add(snapshot());
    }

    private Map<String, Map<String, String>> snapshot() {
        Map<String, Map<String, String>> copy = new HashMap<>();
        model.forEach((name, entries) -> copy.put(name, Map.copyOf(entries)));
        return copy;
    }

    private KVBucket bucket(String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    private void operate() {
        String name = BUCKETS.get(random.nextInt(BUCKETS.size()));
        KVBucket bucket = bucket(name);
        Map<String, String> entries = model.getOrDefault(name, new HashMap<>());
        String key = "k" + random.nextInt(random.nextBoolean() ? 10 : 200);
        String value = "v" + random.nextInt(1000) + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 3_000 : 60));
        String present = entries.get(key);
        String expected = random.nextBoolean() && present != null ? present : "other";
        byte[] k = Bytes.of(key);
        boolean done = false;
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                bucket.put(k, Bytes.of(value));
                entries.put(key, value);
                done = true;
            }
            case 2 -> {
                done = entries.remove(key) != null;
                assertThat(bucket.delete(k)).as("delete %s", key).isEqualTo(done);
            }
            case 3 -> {
                done = entries.putIfAbsent(key, value) == null;
                assertThat(bucket.putIfAbsent(k, Bytes.of(value)))
                        .as("putIfAbsent %s", key)
                        .isEqualTo(done);
            }
            case 4 -> {
                done = entries.replace(key, expected, value);
                assertThat(bucket.replace(k, Bytes.of(expected), Bytes.of(value)))
                        .as("replace %s", key)
                        .isEqualTo(done);
            }
            case 5 -> {
                done = entries.remove(key, expected);
                assertThat(bucket.delete(k, Bytes.of(expected)))
                        .as("delete %s", key)
                        .isEqualTo(done);
            }
            default -> {
                assertThat(Bytes.text(bucket.get(k))).as("get %s", key).isEqualTo(present);
                assertThat(bucket.containsKey(k)).isEqualTo(present != null);
            }
        }
        if (done) {
            model.put(name, entries);
            changed();
        }
    }

    private void drop() {
        String name = BUCKETS.get(1 + random.nextInt(BUCKETS.size() - 1));
        boolean existed = model.remove(name) != null;
        assertThat(store.dropBucket(name)).isEqualTo(existed);
        if (existed) {
            changed();
        }
    }

    /** The store as the model would have it, its named buckets only where they exist. */
    private Map<String, Map<String, String>> stored() {
        Map<String, Map<String, String>> all = new HashMap<>();
        all.put("", Stores.scan(store));
        for (String name : store.bucketNames()) {
            all.put(name, Stores.scan(store.bucket(name)));
        }
        return all;
    }

    private void check() {
        assertThat(stored()).isEqualTo(comparable(model));
        for (Map.Entry<String, Map<String, String>> entry : model.entrySet()) {
            assertThat(bucket(entry.getKey()).size()).isEqualTo(entry.getValue().size());
        }
    }

    private static Map<String, Map<String, String>> comparable(Map<String, Map<String, String>> state) {
        Map<String, Map<String, String>> all = new HashMap<>(state);
        all.putIfAbsent("", Map.of());
        return all;
    }

    /** Goes on with a copy of the open store whose log is cut somewhere in what was not synced. */
    private void crash() throws IOException {
        Path crashed = directory.resolveSibling(directory.getFileName() + "c");
        Stores.copy(directory, crashed);
        cut(crashed);
        store.close();
        directory = crashed;
        files = FaultyDirectory.unsynced(directory);
        store = FileStore.open(files, options);
        Map<String, Map<String, String>> found = stored();
        Map<String, Map<String, String>> match = null;
        for (Map<String, Map<String, String>> state : states) {
            if (comparable(state).equals(found)) {
                match = state;
            }
        }
        assertThat(match)
                .as("the state after the crash, one of %d: %s", states.size(), found)
                .isNotNull();
        model = new HashMap<>();
        match.forEach((name, entries) -> model.put(name, new HashMap<>(entries)));
        synced();
    }

    /** Cuts the last segment with records in it anywhere behind its forced part, the end included. */
    private void cut(Path crashed) throws IOException {
        List<Path> segments = Stores.segments(crashed);
        for (int i = segments.size() - 1; i >= 0; i--) {
            String name = segments.get(i).getFileName().toString();
            int written = files.written(name);
            if (written > SegmentHeader.SIZE) {
                int least = files.forced(name);
                int length = least + random.nextInt(written - least + 1);
                try (RandomAccessFile file =
                        new RandomAccessFile(segments.get(i).toFile(), "rw")) {
                    file.setLength(length);
                }
                return;
            }
        }
    }
}
