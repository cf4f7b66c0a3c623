package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVNoSpaceException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.SmallFileSystem;
import io.kvstore.testing.SmallFileSystem.Kind;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several writers fill a real file system of a few MiB to the brim, while merges run. Needs the right to mount one, or
 * the property {@code kvstore.test.small.directory} that names a directory on one of 8 to 64 MiB; else it is skipped.
 */
@Tag("crash")
@Timeout(120)
class FullFileSystemTest {
    private static final String GIVEN = System.getProperty("kvstore.test.small.directory", "");
    private static final int MEBIBYTES = 8;
    private static final int WRITERS = 3;
    private static final int REFUSALS = 20;

    /** What somebody else has on the disk, and takes away in the end. */
    private static final int BALLAST_BYTES = 2 << 20;

    @TempDir
    Path temp;

    /** A thread's own keys, and what it was told that they are. */
    private static final class Writer {
        private final KVStore store;
        private final int number;
        private final Random random;
        private final Map<String, Integer> acknowledged = new TreeMap<>();
        private int writes;

        Writer(KVStore store, int number, long seed) {
            this.store = store;
            this.number = number;
            this.random = new Random(seed + number);
        }

        private static byte[] value(int write) {
            // Some are large enough to reserve their space by themselves.
            int length = write % 16 == 0 ? 17_000 : 200;
            return Bytes.of(write + "-" + "v".repeat(length + write * 37 % 6000));
        }

        private String key(int i) {
            return number + "-" + i;
        }

        /** Puts, overwrites, deletes, commits batches; false if there was no room for it. */
        boolean write() {
            int write = ++writes;
            // Half of the writes make garbage for the merges.
            String key = key(random.nextBoolean() ? random.nextInt(1 + write / 4) : write);
            try {
                if (random.nextInt(8) == 0) {
                    store.delete(Bytes.of(key));
                    acknowledged.remove(key);
                } else if (random.nextInt(8) == 0) {
                    try (KVBatch batch = store.batch()) {
                        batch.put(Bytes.of(key), value(write))
                                .put(Bytes.of(key("batch")), value(write))
                                .commit();
                    }
                    acknowledged.put(key, write);
                    acknowledged.put(key("batch"), write);
                } else {
                    store.put(Bytes.of(key), value(write));
                    acknowledged.put(key, write);
                }
                return true;
            } catch (KVNoSpaceException e) {
                return false;
            }
        }

        private String key(String name) {
            return number + "-" + name;
        }

        void requireAll(KVStore opened) {
            acknowledged.forEach((key, write) -> assertThat(opened.get(Bytes.of(key)))
                    .as("%s of write %d", key, write)
                    .isEqualTo(value(write)));
        }

        /** Deletes as much as it can: a tombstone takes room too. */
        void deleteMost() {
            for (String key : List.copyOf(acknowledged.keySet())) {
                if (random.nextInt(10) > 0) {
                    store.delete(Bytes.of(key));
                    acknowledged.remove(key);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TMPFS, SYNC", "TMPFS, OS", "TMPFS, BUFFERED", "EXT4, SYNC", "EXT4, OS", "EXT4, BUFFERED"})
    void fullDiskLosesNothingAndWritesGoOnWhenThereIsRoom(Kind kind, Durability durability) throws IOException {
        if (!GIVEN.isEmpty()) {
            Path directory = Files.createTempDirectory(Path.of(GIVEN), "kvstore");
            try {
                fill(directory, durability);
            } finally {
                Stores.clear(directory);
            }
            return;
        }
        try (SmallFileSystem small = mount(kind)) {
            fill(small.root(), durability);
        }
    }

    private SmallFileSystem mount(Kind kind) {
        try {
            return SmallFileSystem.mount(kind, MEBIBYTES, temp);
        } catch (IOException e) {
            return abort("skipped, since no small " + kind + " can be mounted here: " + e.getMessage()
                    + "; name a directory on one by -Dkvstore.test.small.directory");
        }
    }

    private static void fill(Path root, Durability durability) throws IOException {
        long seed = Seeds.next(FullFileSystemTest.class);
        KVOptions options = KVOptions.builder()
                .segmentSize(128 << 10)
                .durability(durability)
                .syncInterval(Duration.ofMillis(20))
                .mergeGarbageRatio(0.3)
                .build();
        Path ballast = root.resolve("ballast");
        Files.write(ballast, new byte[BALLAST_BYTES]);
        Path directory = root.resolve("store");
        List<Writer> writers = new ArrayList<>();
        KVStore store = KVStore.open(directory, options);
        try {
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new Writer(store, i, seed));
            }
            writeAll(writers, store, REFUSALS);
            writers.forEach(writer -> writer.requireAll(store));
            assertThat(store.verify().damage()).isEmpty();

            Files.delete(ballast);
            writers.forEach(Writer::deleteMost);
            store.merge();
            long free = root.toFile().getUsableSpace();
            assertThat(free).as("free after deletes and a merge").isGreaterThan(BALLAST_BYTES + (1 << 20));
            writeAll(writers, store, 1);
            writers.forEach(writer -> writer.requireAll(store));
        } finally {
            try {
                store.close();
            } catch (KVNoSpaceException e) {
                assertThat(e).hasMessageContaining("will be read as after a crash");
            }
        }
        // The disk is as full as before, and the store may have been left as by a crash.
        try (KVStore opened =
                KVStore.open(directory, KVOptions.builder().readOnly(true).build())) {
            requireExactly(writers, opened);
        }
        try (KVStore opened = KVStore.open(directory, options)) {
            requireExactly(writers, opened);
            assertThat(opened.verify().damage()).isEmpty();
        } catch (KVNoSpaceException e) {
            assertThat(e).hasMessageContaining("will be read as after a crash");
        }
    }

    /** All write until each was refused some times for want of room, and somebody reads meanwhile. */
    private static void writeAll(List<Writer> writers, KVStore store, int refusals) {
        AtomicBoolean full = new AtomicBoolean();
        try (Crew reading = new Crew(TimeUnit.SECONDS.toNanos(60))) {
            reading.start("reader", () -> {
                while (!full.get()) {
                    Stores.scan(store);
                }
            });
            try (Crew writing = new Crew(TimeUnit.SECONDS.toNanos(60))) {
                for (Writer writer : writers) {
                    writing.start("writer-" + writer.number, () -> {
                        int written = 0;
                        for (int refused = 0; refused < refusals && !writing.hasFailed(); ) {
                            boolean done = writer.write();
                            written += done ? 1 : 0;
                            refused += done ? 0 : 1;
                        }
                        assertThat(written).isGreaterThan(50);
                    });
                }
            } finally {
                full.set(true);
            }
        }
    }

    private static void requireExactly(List<Writer> writers, KVStore store) {
        long keys = 0;
        for (Writer writer : writers) {
            writer.requireAll(store);
            keys += writer.acknowledged.size();
        }
        assertThat(store.size()).isEqualTo(keys);
    }
}
