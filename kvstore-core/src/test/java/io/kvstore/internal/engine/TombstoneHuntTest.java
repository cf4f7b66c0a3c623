package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.MergeGate;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every short sequence of what can happen to a key that was put and deleted once: whatever subset of the segments is
 * merged when, wherever the store is closed or killed, with or without its hints, nothing that was deleted comes back.
 * Each record stands in a segment of its own.
 */
@Tag("model")
class TombstoneHuntTest {
    private static final int LENGTH = Integer.getInteger("kvstore.test.hunt.length", 3);
    private static final String FILLER = "f".repeat(900);

    @TempDir
    Path temp;

    private final AtomicLong clock = new AtomicLong(1_000);
    private int directories;
    private Path directory;
    private MergeGate gate;
    private FileStore store;

    /** What the key should have; null if it should be absent. */
    private String expected;

    private long expiry = Long.MAX_VALUE;
    private int version;

    /** What can happen. */
    private enum Step {
        PUT,
        PUT_AND_EXPIRE,
        DELETE,
        MERGE_ODD,
        MERGE_EVEN,
        MERGE_NEWEST,
        REOPEN,
        REOPEN_WITHOUT_HINTS,
        KILL
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void deletedKeyStaysDeletedWhateverIsMergedWhen() throws Exception {
        List<Step> steps = new ArrayList<>();
        hunt(steps);
    }

    private void hunt(List<Step> steps) throws Exception {
        if (steps.size() == LENGTH) {
            run(steps);
            return;
        }
        for (Step step : Step.values()) {
            steps.add(step);
            hunt(steps);
            steps.remove(steps.size() - 1);
        }
    }

    private void run(List<Step> steps) throws Exception {
        try {
            directory = Files.createDirectories(temp.resolve("s" + directories++));
            open();
            put(Long.MAX_VALUE);
            delete();
            for (Step step : steps) {
                run(step);
                check();
            }
            store.merge();
            check();
            requireNoTombstones();
            reopen(true);
            check();
            store.close();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("after " + steps + ": " + e.getMessage(), e);
        }
        Stores.clear(directory);
    }

    private void run(Step step) throws Exception {
        switch (step) {
            case PUT -> put(Long.MAX_VALUE);
            case PUT_AND_EXPIRE -> {
                put(clock.get() + 10);
                clock.addAndGet(10);
            }
            case DELETE -> delete();
            case MERGE_ODD -> store.merger().mergeOnly(number -> number % 2 == 1);
            case MERGE_EVEN -> store.merger().mergeOnly(number -> number % 2 == 0);
            case MERGE_NEWEST -> {
                List<KVStats.Segment> segments = store.stats().segmentFigures();
                int newest = segments.stream()
                        .filter(segment -> !segment.active())
                        .mapToInt(KVStats.Segment::number)
                        .max()
                        .orElse(0);
                store.merger().mergeOnly(number -> number == newest);
            }
            case REOPEN -> reopen(false);
            case REOPEN_WITHOUT_HINTS -> reopen(true);
            default -> kill();
        }
    }

    private void open() {
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .build();
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        gate = new MergeGate(directory.getFileName().toString());
        files.faults(gate);
        store = FileStore.open(files, options, clock::get, MergePoint.Hook.NONE);
    }

    private void put(long expires) {
        expected = "v" + version++;
        expiry = expires;
        if (expires == Long.MAX_VALUE) {
            store.put(Bytes.of("k"), Bytes.of(expected));
        } else {
            store.put(Bytes.of("k"), Bytes.of(expected), Duration.ofMillis(expires - clock.get()));
        }
        fill();
    }

    private void delete() {
        assertThat(store.delete(Bytes.of("k"))).isEqualTo(value() != null);
        expected = null;
        fill();
    }

    /** Takes up the rest of the segment. */
    private void fill() {
        store.put(Bytes.of("filler"), Bytes.of(FILLER));
    }

    private String value() {
        return expiry <= clock.get() ? null : expected;
    }

    private void check() {
        assertThat(Bytes.text(store.get(Bytes.of("k")))).isEqualTo(value());
        assertThat(store.containsKey(Bytes.of("k"))).isEqualTo(value() != null);
    }

    private void requireNoTombstones() {
        for (KVStats.Segment segment : store.stats().segmentFigures()) {
            assertThat(segment.tombstoneBytes()).as("tombstones in %s", segment).isZero();
        }
    }

    private void reopen(boolean withoutHints) throws IOException {
        store.close();
        if (withoutHints) {
            for (Path file : Stores.files(directory)) {
                if (file.toString().endsWith(".hint")) {
                    Files.delete(file);
                }
            }
        }
        open();
    }

    /** Goes on with the files as a killed process would leave them. */
    private void kill() throws Exception {
        Path left = directory;
        Path killed = temp.resolve("s" + directories++);
        gate.whileClosed(() -> Stores.copy(left, killed));
        store.close();
        Stores.clear(left);
        directory = killed;
        open();
    }
}
