package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.FaultyDirectory.ShortWriteException;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large records reserve their space by being written there, in front of their headers. */
class LargeRecordTest {
    private static final int LARGE = 200_000;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .durability(Durability.BUFFERED)
            .segmentSize(1 << 20)
            .build();

    @TempDir
    Path temp;

    private static byte[] value(int seed, int length) {
        byte[] value = new byte[length];
        new Random(seed).nextBytes(value);
        return value;
    }

    /** As a killed process leaves it. */
    private Path killed(Path store) throws IOException {
        Path copy = temp.resolve("killed");
        Stores.clear(copy);
        Stores.copy(store, copy);
        return copy;
    }

    @Test
    void recordsOfAllSizesAreThereAgainAfterAKill() throws IOException {
        long seed = Seeds.next(LargeRecordTest.class);
        Random random = new Random(seed);
        Path path = Files.createDirectory(temp.resolve("store"));
        int[] lengths = new int[200];
        try (KVStore store = FileStore.open(FaultyDirectory.unsynced(path), OPTIONS)) {
            for (int i = 0; i < lengths.length; i++) {
                // Some of them larger than a segment.
                lengths[i] = random.nextInt(1 << (4 + random.nextInt(18)));
                store.put(Bytes.of(i), value(i, lengths[i]));
            }
            try (KVStore again = FileStore.open(FaultyDirectory.unsynced(killed(path)), OPTIONS)) {
                for (int i = 0; i < lengths.length; i++) {
                    assertThat(store.get(Bytes.of(i)))
                            .as("seed %d, %d", seed, i)
                            .isEqualTo(value(i, lengths[i]));
                    assertThat(again.get(Bytes.of(i)))
                            .as("seed %d, %d", seed, i)
                            .isEqualTo(value(i, lengths[i]));
                }
                assertThat(again.verify().ok()).isTrue();
            }
            for (int i = 0; i < lengths.length; i += 2) {
                store.delete(Bytes.of(i));
            }
            store.merge();
            assertThat(store.stats().garbageRatio()).isLessThan(0.1);
            assertThat(store.verify().ok()).isTrue();
            for (int i = 1; i < lengths.length; i += 2) {
                assertThat(store.get(Bytes.of(i))).as("seed %d, %d", seed, i).isEqualTo(value(i, lengths[i]));
            }
        }
    }

    @Test
    void recordOfWhichHalfIsWrittenIsGoneOverByTheNext() throws IOException {
        Path path = Files.createDirectory(temp.resolve("store"));
        FaultyDirectory directory = FaultyDirectory.unsynced(path);
        try (KVStore store = FileStore.open(directory, OPTIONS)) {
            store.put(Bytes.of("before"), Bytes.of("1"));
            directory.faults((operation, file) -> {
                if (operation == Operation.WRITE || operation == Operation.OVERWRITE) {
                    throw new ShortWriteException("made up: " + file);
                }
            });
            // The first ones find room that was reserved for small ones.
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            store.put(Bytes.of("large-" + i), value(i, LARGE));
                        }
                    })
                    .isInstanceOfSatisfying(
                            KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.IO_ERROR))
                    .hasMessageContaining("nothing was written");
            directory.faults((operation, file) -> {});
            long written = store.size();
            store.put(Bytes.of("small"), Bytes.of("2"));
            try (KVStore again = FileStore.open(FaultyDirectory.unsynced(killed(path)), OPTIONS)) {
                assertThat(again.size()).isEqualTo(written + 1);
                assertThat(again.get(Bytes.of("small"))).isEqualTo(Bytes.of("2"));
                assertThat(again.verify().ok()).isTrue();
            }
            store.put(Bytes.of("large"), value(7, LARGE));
        }
        try (KVStore store = KVStore.open(path, OPTIONS)) {
            assertThat(store.get(Bytes.of("small"))).isEqualTo(Bytes.of("2"));
            assertThat(store.get(Bytes.of("large"))).isEqualTo(value(7, LARGE));
            assertThat(store.verify().ok()).isTrue();
        }
    }
}
