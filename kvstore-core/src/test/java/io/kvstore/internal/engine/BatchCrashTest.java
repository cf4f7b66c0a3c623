package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.PowerLoss;
import io.kvstore.testing.SimulatedDisk;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash or a full disk leaves of a batch: all or nothing. */
class BatchCrashTest {
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(64 << 10)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    private static void commitBatch(KVStore store) {
        try (KVBatch batch = store.batch()) {
            batch.put(Bytes.of("a"), Bytes.of("new"))
                    .delete(Bytes.of("b"))
                    .put(store.bucket("made"), Bytes.of("c"), Bytes.of("new"))
                    .put(Bytes.of("d"), Bytes.of("x".repeat(100)));
            batch.commit();
        }
    }

    @Test
    void everyCutThroughABatchLeavesAllOrNothingOfIt() throws IOException {
        Path original = temp.resolve("original");
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(original, OPTIONS)) {
            store.put(Bytes.of("a"), Bytes.of("old"));
            store.put(Bytes.of("b"), Bytes.of("old"));
            commitBatch(store);
            Stores.copy(original, killed);
        }
        Map<String, String> before = Map.of("a", "old", "b", "old");
        Map<String, String> after = Map.of("a", "new", "d", "x".repeat(100), "made/c", "new");
        byte[] whole = Files.readAllBytes(killed.resolve("0000000001.seg"));
        int cutsBefore = 0;
        int cutsAfter = 0;
        Path cut = temp.resolve("cut");
        for (int length = 64; length < 600; length++) {
            Stores.clear(cut);
            Stores.copy(killed, cut);
            Files.write(cut.resolve("0000000001.seg"), Arrays.copyOf(whole, length));
            try (KVStore store = FileStore.open(FaultyDirectory.unsynced(cut), OPTIONS)) {
                Map<String, String> found = Stores.scanAll(store);
                if (found.equals(before)) {
                    cutsBefore++;
                    store.put(Bytes.of("c"), Bytes.of("crash"));
                } else if (found.equals(after)) {
                    cutsAfter++;
                } else {
                    assertThat(before).as("cut at %d", length).containsAllEntriesOf(found);
                }
            }
            if (cutsAfter == 0) {
                try (KVStore store = FileStore.open(FaultyDirectory.unsynced(cut), OPTIONS)) {
                    assertThat(Stores.scanAll(store))
                            .as("reopened, cut at %d", length)
                            .doesNotContainValue("new");
                }
            }
        }
        assertThat(cutsBefore).isGreaterThan(200);
        assertThat(cutsAfter).isGreaterThan(50);
    }

    /**
     * A sync needs no lock, and may come between two records of a batch. If it took the first ones for written, the
     * records behind them would say so, and a power loss would leave a part of the batch for good.
     */
    @Test
    void syncInTheMiddleOfABatchSyncsNoPartOfIt() {
        KVOptions options = KVOptions.builder()
                .segmentSize(128 << 10)
                .durability(Durability.OS)
                .syncInterval(Duration.ofHours(1))
                .autoMerge(false)
                .build();
        SimulatedDisk disk = new SimulatedDisk();
        FaultyDirectory directory = new FaultyDirectory(disk.directory("store"));
        AtomicInteger appends = new AtomicInteger();
        SimulatedDisk.Image image;
        try (FileStore store = FileStore.open(directory, options)) {
            store.put(Bytes.of("before"), Bytes.of("1"));
            directory.faults((operation, file) -> {
                if (operation == Operation.MAPPED_PUT && appends.incrementAndGet() == 3) {
                    try (Crew crew = new Crew()) {
                        crew.start("sync", store::sync);
                    }
                }
            });
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < 4; i++) {
                    // More than a page, which is lost or kept by itself.
                    batch.put(Bytes.of("batch-" + i), new byte[5_000]);
                }
                batch.commit();
            }
            store.put(Bytes.of("after"), new byte[5_000]);
            image = disk.image();
        }
        assertThat(appends).hasValueGreaterThan(4);
        for (long seed = 0; seed < 300; seed++) {
            try (KVStore left = FileStore.open(PowerLoss.after(image, seed).directory("store"), options)) {
                Set<String> keys = new TreeSet<>(Stores.scan(left).keySet());
                keys.removeAll(Set.of("before", "after"));
                assertThat(keys.size()).as("disk of seed %d has %s", seed, keys).isIn(0, 4);
            }
        }
    }

    @Test
    void batchWithADamagedRecordBeforeWhatWasSyncedIsDamage() throws IOException {
        Path original = temp.resolve("original");
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(original, OPTIONS)) {
            store.put(Bytes.of("a"), Bytes.of("old"));
            store.put(Bytes.of("b"), Bytes.of("old"));
            commitBatch(store);
            store.sync();
            store.put(Bytes.of("later"), Bytes.of("1"));
            Stores.copy(original, killed);
        }
        Path log = killed.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        int inTheBatch = 64 + 2 * 32 + 40;
        bytes[inTheBatch] ^= 1;
        Files.write(log, bytes);
        assertThatThrownBy(() -> KVStore.open(killed, OPTIONS))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("0000000001.seg");
    }

    @Test
    void fullDiskRefusesABatchWholly() {
        FaultyDirectory directory = new FaultyDirectory(temp);
        try (KVStore store = FileStore.open(directory, OPTIONS)) {
            store.put(Bytes.of("a"), Bytes.of("old"));
            directory.faults((operation, file) -> {
                if (operation == Operation.WRITE || operation == Operation.CREATE) {
                    throw new NoSpaceException("cannot write " + file, new IOException("No space left on device"));
                }
            });
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < 100; i++) {
                    batch.put(Bytes.of("a" + i), new byte[5_000]);
                }
                batch.put(store.bucket("made"), Bytes.of("k"), Bytes.of("v"));
                batch.delete(Bytes.of("a"));
                assertThatThrownBy(batch::commit).isInstanceOf(KVNoSpaceException.class);
                assertThat(Stores.scanAll(store)).isEqualTo(Map.of("a", "old"));
                directory.faults((operation, file) -> {});
                batch.commit();
            }
            assertThat(store.size()).isEqualTo(100);
            assertThat(store.bucketNames()).containsExactly("made");
        }
        try (KVStore store = KVStore.open(temp, OPTIONS)) {
            assertThat(store.size()).isEqualTo(100);
        }
    }

    @Test
    void batchIsOneForce() {
        FaultyDirectory directory = new FaultyDirectory(temp);
        KVOptions sync = KVOptions.builder().durability(Durability.SYNC).build();
        try (KVStore store = FileStore.open(directory, sync)) {
            store.put(Bytes.of("first"), Bytes.of("1"));
            long before = store.stats().syncs();
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < 100; i++) {
                    batch.put(Bytes.of(i), Bytes.of("v"));
                }
                batch.commit();
            }
            assertThat(store.stats().syncs()).isEqualTo(before + 1);
        }
    }

    @Test
    void failedForceOfABatchIsToldAndPoisons() {
        FaultyDirectory directory = new FaultyDirectory(temp);
        KVOptions sync = KVOptions.builder().durability(Durability.SYNC).build();
        try {
            try (KVStore store = FileStore.open(directory, sync)) {
                directory.faults((operation, file) -> {
                    if (operation == Operation.MAPPED_FORCE) {
                        throw new IOException("injected");
                    }
                });
                try (KVBatch batch = store.batch()) {
                    batch.put(Bytes.of("a"), Bytes.of("1")).put(Bytes.of("b"), Bytes.of("2"));
                    assertThatThrownBy(batch::commit).isInstanceOf(KVException.class);
                    assertThatThrownBy(batch::commit).isInstanceOf(KVException.class);
                }
                assertThat(store.size()).isEqualTo(2);
            }
        } catch (KVException e) {
            assertThat(e).hasMessageContaining("injected");
        }
    }
}
