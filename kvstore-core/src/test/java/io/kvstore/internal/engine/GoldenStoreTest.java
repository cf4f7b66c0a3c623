package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.format.FormatVersion;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores that an earlier build wrote, kept in the repository: every later build of the same format version reads them.
 *
 * <p>When the format changes, its version rises, and {@link #main} writes the new ones beside the old.
 */
@Tag("format")
class GoldenStoreTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir
    Path temp;

    /** The contents of all golden stores: deterministic, and with each kind of record in them. */
    private static void fill(KVStore store) {
        for (int i = 0; i < 40; i++) {
            store.put(Bytes.of("key-" + i), Bytes.of("value-" + i));
        }
        for (int i = 0; i < 40; i += 4) {
            store.delete(Bytes.of("key-" + i));
        }
        store.merge();
        for (int i = 0; i < 40; i += 8) {
            store.put(Bytes.of("key-" + i), Bytes.of("again-" + i));
            store.delete(Bytes.of("key-" + i));
        }
        store.put(Bytes.of("lasting"), Bytes.of("here"), Duration.ofDays(400_000));
        store.put(Bytes.of("fleeting"), Bytes.of("gone"), Duration.ofMillis(1));
        store.put(Bytes.of("key-1"), Bytes.of("overwritten"));
        store.put(new byte[0], new byte[0]);
        store.put(Bytes.of("large"), Bytes.of("x".repeat(3_000)));
        store.bucket("dropped").put(Bytes.of("k"), Bytes.of("gone"));
        store.dropBucket("dropped");
        store.bucket("Ünïcode").put(Bytes.of("k"), Bytes.of("here"));
        try (KVBatch batch = store.batch()) {
            batch.put(Bytes.of("together"), Bytes.of("1"))
                    .delete(Bytes.of("key-2"))
                    .put(store.bucket("made"), Bytes.of("together"), Bytes.of("2"));
            batch.commit();
        }
    }

    private static Map<String, String> expected() {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            if (i % 4 != 0 && i != 2) {
                entries.put("key-" + i, i == 1 ? "overwritten" : "value-" + i);
            }
        }
        entries.put("", "");
        entries.put("together", "1");
        entries.put("lasting", "here");
        entries.put("large", "x".repeat(3_000));
        return entries;
    }

    @Test
    void storeThatWasClosedOpens() throws IOException {
        assertOpens("closed");
    }

    @Test
    void storeThatWasKilledOpens() throws IOException {
        assertOpens("killed");
    }

    @Test
    void storesOfAllEarlierVersionsAreRefusedByName() throws IOException {
        for (int version = 1; version < FormatVersion.CURRENT; version++) {
            Path copy = temp.resolve("v" + version);
            Stores.copy(GOLDEN.resolve("v" + version).resolve("closed"), copy);
            int refused = version;
            assertThatThrownBy(() -> KVStore.open(copy))
                    .isInstanceOfSatisfying(
                            KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT))
                    .hasMessageContaining("format version " + refused);
        }
    }

    private void assertOpens(String name) throws IOException {
        Path copy = temp.resolve(name);
        Stores.copy(GOLDEN.resolve("v" + FormatVersion.CURRENT).resolve(name), copy);
        for (int open = 0; open < 2; open++) {
            try (KVStore store = KVStore.open(copy)) {
                assertThat(Stores.scan(store)).isEqualTo(expected());
                assertThat(store.bucketNames()).containsExactly("made", "Ünïcode");
                assertThat(Stores.scan(store.bucket("made"))).containsOnly(Map.entry("together", "2"));
                assertThat(Stores.scan(store.bucket("Ünïcode"))).containsOnly(Map.entry("k", "here"));
            }
        }
    }

    /** Writes the golden stores of the present format version; run from the module's folder. */
    public static void main(String[] args) throws IOException {
        Path version = GOLDEN.resolve("v" + FormatVersion.CURRENT);
        Stores.clear(version);
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .build();
        Path closed = version.resolve("closed");
        try (KVStore store = KVStore.open(closed, options)) {
            fill(store);
            Stores.copy(closed, version.resolve("killed"));
        }
        Files.deleteIfExists(closed.resolve("kvstore.lock"));
        Files.deleteIfExists(version.resolve("killed/kvstore.lock"));
    }
}
