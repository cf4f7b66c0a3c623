package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.MergeGate;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on a store and on maps beside it, with a clock that is set by the test, with merges that run all
 * the time, with clean reopens that may find hints missing or damaged, and with crashes at any file operation of a
 * merge that cut the log at a random byte: then the store must be at one of the states that the maps went through since
 * the last sync.
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
    private MergeGate gate;
    private final AtomicLong clock = new AtomicLong();

    /** What should be in the store, by bucket and key; expired values, too. */
    private Map<String, Map<String, Entry>> model;

    /** The states since the last sync, this one last. */
    private final List<Map<String, Map<String, Entry>>> states = new ArrayList<>();

    private record Entry(String value, long expiry) {}

    @Test
    void storeBehavesAsAMapThroughReopensAndCrashes() throws Exception {
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

    private void run(Path path) throws Exception {
        directory = path;
        options = KVOptions.builder()
                .segmentSize(1024L << random.nextInt(8))
                .durability(random.nextBoolean() ? Durability.BUFFERED : Durability.SYNC)
                .autoMerge(random.nextInt(4) > 0)
                .mergeGarbageRatio(0.1 + 0.8 * random.nextDouble())
                .build();
        clock.set(1_000_000);
        model = new HashMap<>();
        Files.createDirectories(path);
        open();
        synced();
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(300);
            if (dice == 0) {
                reopen();
            } else if (dice == 1) {
                crash();
            } else if (dice == 2) {
                store.sync();
                synced();
            } else if (dice == 3) {
                check();
            } else if (dice == 4) {
                drop();
            } else if (dice == 5) {
                merge();
            } else if (dice < 10) {
                clock.addAndGet(random.nextInt(2_000));
            } else if (dice < 20) {
                batch();
            } else if (dice < 30) {
                transact();
            } else if (operate(this::bucket)) {
                changed();
            }
        }
        store.close();
    }

    private void open() {
        openStore();
        check();
    }

    private void openStore() {
        files = FaultyDirectory.unsynced(directory);
        gate = new MergeGate(directory.getFileName().toString());
        files.faults(gate);
        store = FileStore.open(files, options, clock::get, MergePoint.Hook.NONE);
    }

    private void reopen() throws IOException {
        store.close();
        for (Path file : Stores.files(directory)) {
            if (file.toString().endsWith(".hint") && random.nextInt(3) == 0) {
                spoil(file);
            }
        }
        open();
        synced();
    }

    /** Takes a hint away, or changes a byte of it. */
    private void spoil(Path hint) throws IOException {
        if (random.nextBoolean()) {
            Files.delete(hint);
            return;
        }
        byte[] bytes = Files.readAllBytes(hint);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(hint, bytes);
    }

    /** After a full merge nothing is left but what is in the model. */
    private void merge() {
        store.merge();
        check();
        Map<String, Map<String, String>> visible = visible(model);
        visible.forEach((name, entries) ->
                assertThat(bucket(name).size()).as("size of %s", name).isEqualTo(entries.size()));
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

    private Map<String, Map<String, Entry>> snapshot() {
        Map<String, Map<String, Entry>> copy = new HashMap<>();
        model.forEach((name, entries) -> copy.put(name, Map.copyOf(entries)));
        return copy;
    }

    private KVBucket bucket(String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    /** Puts and deletes over all buckets, some of them to one key. */
    private void batch() {
        Map<String, Map<String, Entry>> before = snapshot();
        try (KVBatch batch = store.batch()) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                String name = BUCKETS.get(random.nextInt(BUCKETS.size()));
                Map<String, Entry> entries = model.computeIfAbsent(name, key -> new HashMap<>());
                String key = "k" + random.nextInt(30);
                if (random.nextInt(3) == 0) {
                    batch.delete(bucket(name), Bytes.of(key));
                    entries.remove(key);
                } else {
                    String value = "b" + random.nextInt(1000) + "x".repeat(random.nextInt(200));
                    batch.put(bucket(name), Bytes.of(key), Bytes.of(value));
                    entries.put(key, new Entry(value, Long.MAX_VALUE));
                }
            }
            batch.commit();
        }
        forgetBucketsThatWereNotMade(before);
        changed();
    }

    /** Some verbs in a transaction, which is committed or not. */
    private void transact() {
        Map<String, Map<String, Entry>> before = snapshot();
        boolean commit = random.nextInt(4) > 0;
        try (KVTransaction tx = store.begin()) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                operate(name -> name.isEmpty() ? tx : tx.bucket(name));
            }
            Map<String, Map<String, String>> visible = visible(model);
            for (String name : BUCKETS) {
                assertThat(Stores.scan(name.isEmpty() ? tx : tx.bucket(name)))
                        .isEqualTo(visible.getOrDefault(name, Map.of()));
            }
            if (commit) {
                tx.commit();
            }
        }
        if (commit) {
            forgetBucketsThatWereNotMade(before);
            changed();
        } else {
            model = new HashMap<>();
            before.forEach((name, entries) -> model.put(name, new HashMap<>(entries)));
        }
    }

    /** A put that was taken back before the commit makes no bucket. */
    private void forgetBucketsThatWereNotMade(Map<String, Map<String, Entry>> before) {
        model.entrySet().removeIf(bucket -> bucket.getValue().isEmpty() && !before.containsKey(bucket.getKey()));
    }

    /** One verb; true if it has changed something. */
    private boolean operate(Function<String, KVBucket> buckets) {
        String name = BUCKETS.get(random.nextInt(BUCKETS.size()));
        KVBucket bucket = buckets.apply(name);
        Map<String, Entry> entries = model.getOrDefault(name, new HashMap<>());
        String key = "k" + random.nextInt(random.nextBoolean() ? 10 : 200);
        String value = "v" + random.nextInt(1000) + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 3_000 : 60));
        String present = value(entries.get(key));
        String expected = random.nextBoolean() && present != null ? present : "other";
        byte[] k = Bytes.of(key);
        boolean done = false;
        switch (random.nextInt(7)) {
            case 0 -> {
                bucket.put(k, Bytes.of(value));
                entries.put(key, new Entry(value, Long.MAX_VALUE));
                done = true;
            }
            case 1 -> {
                int millis = 1 + random.nextInt(5_000);
                bucket.put(k, Bytes.of(value), Duration.ofMillis(millis));
                entries.put(key, new Entry(value, clock.get() + millis));
                done = true;
            }
            case 2 -> {
                done = present != null;
                remove(entries, key, done);
                assertThat(bucket.delete(k)).as("delete %s", key).isEqualTo(done);
            }
            case 3 -> {
                done = present == null;
                put(entries, key, value, done);
                assertThat(bucket.putIfAbsent(k, Bytes.of(value)))
                        .as("putIfAbsent %s", key)
                        .isEqualTo(done);
            }
            case 4 -> {
                done = expected.equals(present);
                put(entries, key, value, done);
                assertThat(bucket.replace(k, Bytes.of(expected), Bytes.of(value)))
                        .as("replace %s", key)
                        .isEqualTo(done);
            }
            case 5 -> {
                done = expected.equals(present);
                remove(entries, key, done);
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
        }
        return done;
    }

    private static void put(Map<String, Entry> entries, String key, String value, boolean done) {
        if (done) {
            entries.put(key, new Entry(value, Long.MAX_VALUE));
        }
    }

    private static void remove(Map<String, Entry> entries, String key, boolean done) {
        if (done) {
            entries.remove(key);
        }
    }

    /** The value, unless its time has come. */
    private String value(Entry entry) {
        return entry == null || entry.expiry() <= clock.get() ? null : entry.value();
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
        Map<String, Map<String, String>> visible = visible(model);
        assertThat(stored()).isEqualTo(visible);
        visible.forEach((name, entries) ->
                assertThat(bucket(name).size()).as("size of %s", name).isGreaterThanOrEqualTo(entries.size()));
    }

    private Map<String, Map<String, String>> visible(Map<String, Map<String, Entry>> state) {
        Map<String, Map<String, String>> all = new HashMap<>();
        all.put("", Map.of());
        state.forEach((name, entries) -> {
            Map<String, String> values = new HashMap<>();
            entries.forEach((key, entry) -> {
                if (value(entry) != null) {
                    values.put(key, entry.value());
                }
            });
            all.put(name, values);
        });
        return all;
    }

    /** Goes on with a copy of the open store whose log is cut somewhere in what was not synced. */
    private void crash() throws Exception {
        Path crashed = directory.resolveSibling(directory.getFileName() + "c");
        gate.whileClosed(() -> Stores.copy(directory, crashed));
        cut(crashed);
        store.close();
        directory = crashed;
        openStore();
        Map<String, Map<String, String>> found = stored();
        Map<String, Map<String, Entry>> match = null;
        for (Map<String, Map<String, Entry>> state : states) {
            if (visible(state).equals(found)) {
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
