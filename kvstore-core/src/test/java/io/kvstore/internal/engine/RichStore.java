package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.internal.engine.History.Entry;
import io.kvstore.internal.engine.History.State;
import io.kvstore.internal.file.ReadOnlyDirectory;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small store on disk with every kind of file and of record in it: several buckets, one of them dropped and made
 * again, times-to-live, tombstones, batches, segments of the log with hints and merged ones. Keeps the states that it
 * went through, and copies of its directory at several moments.
 */
final class RichStore {
    static final List<String> BUCKETS = List.of("", "red", "blue", "green");
    static final int KEYS = 14;

    /** What the clock of each store that is opened here shows. */
    static final long NOW_MILLIS = 5_000_000;

    private static final long BEFORE_MILLIS = 1_000_000;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(1024)
            .durability(Durability.BUFFERED)
            .syncInterval(Duration.ofHours(1))
            .autoMerge(false)
            .build();
    private static final KVOptions READING = KVOptions.builder().readOnly(true).build();

    /** The directory of the store after its last, clean close. */
    final Path closed;

    /** A copy that was made just before: what the end of the process would have left. */
    final Path killed;

    /** Copies of earlier moments, the oldest first; some were made while the store was open. */
    final List<Path> earlier = new ArrayList<>();

    private final Path home;
    private final History history = new History(State.EMPTY);
    private final Random random = new Random(1);
    private FileStore store;
    private int values;
    private int leastOfKilled;

    /** Makes the store and its copies in an empty directory. */
    RichStore(Path home) throws IOException {
        this.home = home;
        this.closed = Files.createDirectories(home.resolve("store"));
        this.killed = home.resolve("killed");
        store = open(closed, BEFORE_MILLIS);
        fill(30);
        keep();
        delete("", 3);
        expire("red", 5, BEFORE_MILLIS);
        fill(30);
        store.merge();
        leastOfKilled = history.acknowledgedIndex();
        keep();
        delete("", 1);
        delete("red", 2);
        fill(25);
        reopen();
        drop("blue");
        batch();
        expire("", 6, Long.MAX_VALUE / 2);
        fill(30);
        store.sync();
        keep();
        delete("", 9);
        batch();
        fill(12);
        reopen();
        int sealed = store.stats().segmentFigures().size() - 1;
        Crew.awaitUntil("all sealed segments have hints", () -> count(".hint") == sealed);
        expire("green", 4, NOW_MILLIS - 1);
        fill(6);
        batch();
        // What comes then is in the segment that this one ends with.
        keep();
        put("red", key(3));
        delete("green", 5);
        Stores.copy(closed, killed);
        store.close();
    }

    /** Opens a store whose files are not forced. */
    static FileStore open(Path directory, long nowMillis) {
        return FileStore.open(FaultyDirectory.unsynced(directory), OPTIONS, () -> nowMillis, MergePoint.Hook.NONE);
    }

    static FileStore openReadOnly(Path directory) {
        return FileStore.open(new ReadOnlyDirectory(directory), READING, () -> NOW_MILLIS, MergePoint.Hook.NONE);
    }

    static String key(int i) {
        return "key-" + i % KEYS;
    }

    /** What the store holds. */
    State last() {
        return history.last();
    }

    /**
     * What may be found in the directory of the killed process, when something of it is damaged: without the clean mark
     * the end of the log may be lost like that of a crash. What the manifest lists may not.
     */
    List<State> sinceMerge() {
        return history.since(leastOfKilled);
    }

    private long count(String suffix) {
        try {
            return Stores.files(closed).stream()
                    .filter(file -> file.toString().endsWith(suffix))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps a copy of the open store, and one of the closed store. */
    private void keep() throws IOException {
        copy();
        store.close();
        copy();
        store = open(closed, BEFORE_MILLIS);
    }

    private void copy() throws IOException {
        Path copy = home.resolve("earlier-" + earlier.size());
        Stores.copy(closed, copy);
        earlier.add(copy);
    }

    private void reopen() {
        store.close();
        store = open(closed, BEFORE_MILLIS);
    }

    private KVBucket bucket(String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    private void write(State next, Runnable write) {
        history.attempt(next);
        write.run();
        history.acknowledge();
    }

    private String newValue() {
        values++;
        return "value-" + values + "-" + "x".repeat(values * 7 % 60);
    }

    /** In no order, so that segments hold records that are overwritten later beside others that are not. */
    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            String name = BUCKETS.get(random.nextInt(BUCKETS.size()));
            String key = key(random.nextInt(KEYS));
            String value = newValue();
            write(
                    history.last().with(name, key, new Entry(value, Long.MAX_VALUE)),
                    () -> bucket(name).put(Bytes.of(key), Bytes.of(value)));
        }
    }

    private void delete(String name, int i) {
        put(name, key(i));
        write(history.last().without(name, key(i)), () -> bucket(name).delete(Bytes.of(key(i))));
    }

    private void put(String name, String key) {
        String value = newValue();
        write(
                history.last().with(name, key, new Entry(value, Long.MAX_VALUE)),
                () -> bucket(name).put(Bytes.of(key), Bytes.of(value)));
    }

    private void expire(String name, int i, long expiryMillis) {
        String value = newValue();
        long millis = expiryMillis - BEFORE_MILLIS + 1;
        write(
                history.last().with(name, key(i), new Entry(value, BEFORE_MILLIS + millis)),
                () -> bucket(name).put(Bytes.of(key(i)), Bytes.of(value), Duration.ofMillis(millis)));
    }

    private void drop(String name) {
        write(history.last().withoutBucket(name), () -> store.dropBucket(name));
    }

    private void batch() {
        State next = history.last();
        try (KVBatch batch = store.batch()) {
            for (int i = 0; i < 5; i++) {
                String name = BUCKETS.get(i % BUCKETS.size());
                String value = newValue();
                batch.put(bucket(name), Bytes.of(key(i)), Bytes.of(value));
                next = next.with(name, key(i), new Entry(value, Long.MAX_VALUE));
            }
            batch.delete(store, Bytes.of(key(10)));
            write(next.without("", key(10)), batch::commit);
        }
    }
}
