package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.kvstore.Durability;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVCursor;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a store whose files were cut or changed behind its back. */
@Tag("crash")
class DamageTest {
    private static final KVOptions SMALL = KVOptions.builder()
            .segmentSize(1024)
            .durability(Durability.BUFFERED)
            // The files that are damaged are those that were written.
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    /** Some writes, and the state of the default bucket and of the bucket "b" after each. */
    private static final class History {
        final List<Map<String, String>> states = new ArrayList<>();
        private final Map<String, String> state = new HashMap<>();

        History(KVStore store, int steps) {
            add();
            for (int i = 0; i < steps; i++) {
                String key = "k" + i % 7;
                if (i % 5 == 4) {
                    store.delete(Bytes.of(key));
                    state.remove(key);
                } else if (i % 11 == 10) {
                    store.bucket("b").put(Bytes.of(key), Bytes.of(i));
                    state.put("b/" + key, Integer.toString(i));
                } else if (i == 33) {
                    store.dropBucket("b");
                    state.keySet().removeIf(name -> name.startsWith("b/"));
                } else {
                    String value = "v" + i + "-".repeat(i % 40);
                    store.put(Bytes.of(key), Bytes.of(value));
                    state.put(key, value);
                }
                add();
            }
        }

        private void add() {
            if (states.isEmpty() || !states.get(states.size() - 1).equals(state)) {
                states.add(Map.copyOf(state));
            }
        }

        Map<String, String> last() {
            return states.get(states.size() - 1);
        }
    }

    /** A copy of the directory while the store is open and nothing was synced: what a killed process leaves. */
    private Path killed(History[] history, int steps, long segmentSize) throws IOException {
        KVOptions options = KVOptions.builder()
                .segmentSize(segmentSize)
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .build();
        Path copy = temp.resolve("killed");
        try (KVStore store = KVStore.open(temp.resolve("original"), options)) {
            history[0] = new History(store, steps);
            Stores.copy(temp.resolve("original"), copy);
        }
        return copy;
    }

    @Test
    void everyPrefixOfTheLastSegmentOpensWithAPrefixOfTheWrites() throws IOException {
        History[] history = new History[1];
        Path killed = killed(history, 24, 64 << 10);
        Path log = killed.resolve("0000000001.seg");
        byte[] whole = Files.readAllBytes(log);
        int end = lastNonZero(whole) + 1;
        int reached = 0;
        for (int length = 0; length <= end + 8; length++) {
            Path cut = temp.resolve("cut");
            Stores.clear(cut);
            Stores.copy(killed, cut);
            Files.write(cut.resolve("0000000001.seg"), Arrays.copyOf(whole, length));
            try (KVStore store = FileStore.open(FaultyDirectory.unsynced(cut), SMALL)) {
                Map<String, String> found = Stores.scanAll(store);
                int state = history[0]
                        .states
                        .subList(reached, history[0].states.size())
                        .indexOf(found);
                assertThat(state).as("cut at %d: %s", length, found).isBetween(0, 1);
                reached += state;
                store.put(Bytes.of("after"), Bytes.of("crash"));
            }
            if (length % 16 == 0) {
                try (KVStore store = FileStore.open(FaultyDirectory.unsynced(cut), SMALL)) {
                    Map<String, String> found = new HashMap<>(Stores.scanAll(store));
                    assertThat(found.remove("after")).isEqualTo("crash");
                    assertThat(found).isEqualTo(history[0].states.get(reached));
                }
            }
        }
        assertThat(reached).isEqualTo(history[0].states.size() - 1);
    }

    private static int lastNonZero(byte[] bytes) {
        int last = bytes.length - 1;
        while (bytes[last] == 0) {
            last--;
        }
        return last;
    }

    @Test
    void everyFlippedByteOfACleanStoreIsFoundOrHarmless() throws IOException {
        Path original = temp.resolve("original");
        History history;
        try (KVStore store = KVStore.open(original, SMALL)) {
            history = new History(store, 45);
        }
        // What comes of damage beside hints is shown by SpoiledHintTest and DamagedFileTest.
        Stores.removeHints(original);
        assertThat(Stores.segments(original)).hasSizeGreaterThan(2);
        Path flipped = temp.resolve("flipped");
        Stores.copy(original, flipped);
        int refused = 0;
        int harmless = 0;
        for (Path file : Stores.files(original)) {
            byte[] bytes = Files.readAllBytes(file);
            Path target = flipped.resolve(file.getFileName());
            for (int i = 0; i < bytes.length; i++) {
                byte[] copy = bytes.clone();
                copy[i] ^= (byte) (i % 2 == 0 ? 0x01 : 0xFF);
                Files.write(target, copy);
                try (KVStore store = FileStore.open(FaultyDirectory.unsynced(flipped), SMALL)) {
                    assertThat(Stores.scanAll(store))
                            .as("byte %d of %s flipped", i, file)
                            .isEqualTo(history.last());
                    harmless++;
                } catch (KVCorruptionException e) {
                    assertThat(e).hasMessageContaining(file.getFileName().toString());
                    assertThat(e).hasMessageContaining("offset");
                    refused++;
                    // A store that is refused is left as it is, so that the next byte can be tried on it.
                    Files.write(target, bytes);
                    continue;
                } catch (RuntimeException e) {
                    fail("byte %d of %s flipped".formatted(i, file), e);
                }
                Stores.clear(flipped);
                Stores.copy(original, flipped);
            }
        }
        assertThat(refused).isGreaterThan(1500);
        // The process id in the lock file.
        assertThat(harmless).isLessThan(50);
    }

    @Test
    void everyTruncationOfACleanStoreIsFoundOrHarmless() throws IOException {
        Path original = temp.resolve("original");
        History history;
        try (KVStore store = KVStore.open(original, SMALL)) {
            history = new History(store, 40);
        }
        for (Path file : Stores.files(original)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length = 0; length < bytes.length; length += 7) {
                Path cut = temp.resolve("cut");
                Stores.clear(cut);
                Stores.copy(original, cut);
                Files.write(cut.resolve(file.getFileName()), Arrays.copyOf(bytes, length));
                try (KVStore store = FileStore.open(FaultyDirectory.unsynced(cut), SMALL)) {
                    assertThat(Stores.scanAll(store))
                            .as("%s cut at %d", file, length)
                            .isEqualTo(history.last());
                } catch (KVCorruptionException e) {
                    assertThat(e).hasMessageContaining(file.getFileName().toString());
                }
            }
        }
    }

    @Test
    void everyMissingFileOfACleanStoreIsFoundOrHarmless() throws IOException {
        Path original = temp.resolve("original");
        History history;
        try (KVStore store = KVStore.open(original, SMALL)) {
            history = new History(store, 60);
        }
        Stores.removeHints(original);
        for (Path file : Stores.files(original)) {
            Path copy = temp.resolve("copy");
            Stores.clear(copy);
            Stores.copy(original, copy);
            Files.delete(copy.resolve(file.getFileName()));
            boolean harmless = file.endsWith("kvstore.lock") || file.endsWith("kvstore.clean");
            if (harmless) {
                try (KVStore store = KVStore.open(copy, SMALL)) {
                    assertThat(Stores.scanAll(store)).isEqualTo(history.last());
                }
            } else {
                assertThatThrownBy(() -> KVStore.open(copy, SMALL))
                        .as(file.toString())
                        .isInstanceOf(KVException.class)
                        .hasMessageContaining(file.getFileName().toString());
            }
        }
    }

    @Test
    void damageBelowASyncedOffsetIsCorruptionWithFileAndOffset() throws IOException {
        Path original = temp.resolve("original");
        KVOptions options = KVOptions.builder().durability(Durability.BUFFERED).build();
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(original, options)) {
            store.put(Bytes.of("a"), Bytes.of("1"));
            store.put(Bytes.of("b"), Bytes.of("2"));
            store.sync();
            store.put(Bytes.of("c"), Bytes.of("3"));
            Stores.copy(original, killed);
        }
        Path log = killed.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        int second = 64 + 32;
        bytes[second + 30] ^= 1;
        Files.write(log, bytes);
        assertThatThrownBy(() -> KVStore.open(killed, options))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining(log.toString())
                .hasMessageContaining("offset " + second);
        assertThat(Files.readAllBytes(log)).isEqualTo(bytes);
    }

    @Test
    void damageInASegmentBeforeASyncedOneIsCorruption() throws IOException {
        Path original = temp.resolve("original");
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(original, SMALL)) {
            for (int i = 0; i < 60; i++) {
                store.put(Bytes.of(i), Bytes.of(i));
            }
            store.sync();
            store.put(Bytes.of("last"), Bytes.of("last"));
            Stores.copy(original, killed);
        }
        Path first = killed.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(first);
        Files.write(first, Arrays.copyOf(bytes, 200));
        assertThatThrownBy(() -> KVStore.open(killed, SMALL))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("0000000001.seg");
    }

    @Test
    void recordsBehindAHoleThatWasNotSyncedNeverComeBack() throws IOException {
        History[] history = new History[1];
        Path killed = killed(history, 30, 64 << 10);
        Path log = killed.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        // A page that never reached the disk: zeros over a part of the middle.
        Arrays.fill(bytes, 300, 400, (byte) 0);
        Files.write(log, bytes);
        Map<String, String> found;
        try (KVStore store = KVStore.open(killed, SMALL)) {
            found = new HashMap<>(Stores.scanAll(store));
            assertThat(history[0].states).contains(found);
        }
        // The same record sizes again: old records behind would fit on exactly.
        for (int i = 0; i < 5; i++) {
            try (KVStore store = KVStore.open(killed, SMALL)) {
                assertThat(Stores.scanAll(store)).isEqualTo(found);
                store.put(Bytes.of("n" + i), Bytes.of("new"));
                found.put("n" + i, "new");
                assertThat(Stores.scanAll(store)).isEqualTo(found);
            }
        }
    }

    /** Numbers of a size that makes each place look like the header of a large record that was written long after. */
    @Test
    void valuesThatLookLikeHeadersDoNotMakeACrashLookLikeDamage() throws IOException {
        KVOptions options = KVOptions.builder()
                .segmentSize(4 << 20)
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .build();
        Random random = new Random(1);
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(temp.resolve("original"), options)) {
            ByteBuffer value = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 200; i++) {
                for (int at = 0; at < value.capacity(); at += Integer.BYTES) {
                    value.putInt(at, random.nextInt(65_536, 100_000));
                }
                // Behind a key of four bytes the numbers are where those of a header would be.
                store.put(Bytes.of(1000 + i), value.array());
            }
            Stores.copy(temp.resolve("original"), killed);
        }
        try (RandomAccessFile log =
                new RandomAccessFile(killed.resolve("0000000001.seg").toFile(), "rw")) {
            // A page that never reached the disk.
            log.seek(1 << 20);
            log.write(new byte[4096]);
        }
        try (KVStore store = KVStore.open(killed, options)) {
            assertThat(store.size()).isBetween(10L, 20L);
        }
    }

    @Test
    void valueThatContainsRecordsIsNotTakenForThem() throws IOException {
        Path original = temp.resolve("original");
        KVOptions options = KVOptions.builder().durability(Durability.BUFFERED).build();
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(original, options)) {
            store.put(Bytes.of("a"), Bytes.of("1"));
            store.sync();
            store.put(Bytes.of("b"), Bytes.of("2"));
            byte[] log = Files.readAllBytes(original.resolve("0000000001.seg"));
            store.put(Bytes.of("copy of the log"), Arrays.copyOf(log, 4096));
            Stores.copy(original, killed);
        }
        Path log = killed.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        bytes[64 + 32 + 30] ^= 1;
        Files.write(log, bytes);
        try (KVStore store = KVStore.open(killed, options)) {
            // "b" is damaged, and nothing but copies of old records says that it was ever on stable storage.
            assertThat(Stores.scan(store)).containsOnlyKeys("a");
        } catch (KVCorruptionException e) {
            // Right as well: the record of the copy itself was written after the sync.
            assertThat(e).hasMessageContaining("offset 96");
        }
    }

    @Test
    void oldRecordBehindNewOnesIsNotTakenThoughItIsIntact() throws IOException {
        KVOptions options = KVOptions.builder().durability(Durability.BUFFERED).build();
        Path original = temp.resolve("original");
        Path killed = temp.resolve("killed");
        byte[] old;
        try (KVStore store = KVStore.open(original, options)) {
            store.put(Bytes.of("a"), Bytes.of("1"));
            Stores.copy(original, killed);
            store.put(Bytes.of("b"), new byte[35]);
            store.put(Bytes.of("c"), Bytes.of("old"));
            old = Files.readAllBytes(original.resolve("0000000001.seg"));
        }
        Path twice = temp.resolve("twice");
        try (KVStore store = KVStore.open(killed, options)) {
            store.put(Bytes.of("d"), Bytes.of("2"));
            store.put(Bytes.of("e"), Bytes.of("3"));
            Stores.copy(killed, twice);
        }
        // As if the erasing of what lay behind the end had been lost: "c" fits on exactly behind "e".
        Path log = twice.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        int end = 64 + 3 * 32;
        System.arraycopy(old, end, bytes, end, 32);
        Files.write(log, bytes);
        try (KVStore store = KVStore.open(twice, options)) {
            assertThat(Stores.scan(store)).containsOnlyKeys("a", "d", "e");
        }
    }

    @Test
    void segmentOfAnotherStoreIsRefused() throws IOException {
        Path one = temp.resolve("one");
        Path two = temp.resolve("two");
        for (Path directory : List.of(one, two)) {
            try (KVStore store = KVStore.open(directory)) {
                store.put(Bytes.of("k"), Bytes.of(directory.toString()));
            }
        }
        Files.copy(one.resolve("0000000001.seg"), two.resolve("0000000001.seg"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> KVStore.open(two))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("another store");
    }

    @Test
    void newerFormatIsRefusedByName() throws IOException {
        KVStore.open(temp).close();
        Path file = temp.resolve("kvstore.store");
        byte[] bytes = Files.readAllBytes(file);
        bytes[8] = 99;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 60);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(60, (int) crc.getValue());
        Files.write(file, bytes);
        assertThatThrownBy(() -> KVStore.open(temp))
                .isInstanceOf(KVException.class)
                .hasMessageContaining("99")
                .satisfies(e -> assertThat(((KVException) e).code()).isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT));
    }

    @Test
    void damageWhileTheStoreIsOpenIsFoundOnReading() throws IOException {
        KVOptions options =
                KVOptions.builder().syncInterval(Duration.ofHours(1)).build();
        Path path = temp.resolve("store");
        KVStore store = KVStore.open(path, options);
        store.put(Bytes.of("a"), Bytes.of("1"));
        store.put(Bytes.of("b"), Bytes.of("2"));
        try (RandomAccessFile file =
                new RandomAccessFile(path.resolve("0000000001.seg").toFile(), "rw")) {
            file.seek(64 + 29);
            file.write('x');
        }
        assertThatThrownBy(() -> store.get(Bytes.of("a")))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("0000000001.seg")
                .hasMessageContaining("offset 64");
        assertThat(store.get(Bytes.of("b"))).isEqualTo(Bytes.of("2"));
        int told = 0;
        int found = 0;
        try (KVCursor cursor = store.scan()) {
            for (boolean more = true; more; ) {
                try {
                    more = cursor.next();
                    found += more ? 1 : 0;
                } catch (KVCorruptionException e) {
                    told++;
                }
            }
        }
        assertThat(told).isEqualTo(1);
        assertThat(found).isEqualTo(1);
        store.close();
    }
}
