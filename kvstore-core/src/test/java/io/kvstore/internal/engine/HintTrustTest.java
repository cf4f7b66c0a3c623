package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hints that are intact in themselves, and do not fit the segment beside them. */
@Tag("crash")
class HintTrustTest {
    private static final int KEYS = 60;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(4096)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    private Path original;

    @BeforeEach
    void makeStore() {
        original = temp.resolve("original");
        KVStore.open(original, OPTIONS).close();
    }

    /** A copy of the store that gets keys of its own, in the same places; with a hint of each sealed segment. */
    private Path branch(String name, Map<String, String> expected) throws IOException {
        Path path = temp.resolve(name);
        Stores.copy(original, path);
        try (KVStore store = KVStore.open(path, OPTIONS)) {
            for (int i = 10; i < KEYS + 10; i++) {
                store.put(Bytes.of(name + "-" + i), Bytes.of("v".repeat(100)));
                expected.put(name + "-" + i, "v".repeat(100));
            }
            store.sync();
            long sealed = store.stats().segments() - 1L;
            Crew.awaitUntil("there are hints", () -> hints(path) >= sealed);
        }
        return path;
    }

    private static long hints(Path path) {
        try {
            return Stores.files(path).stream()
                    .filter(file -> file.toString().endsWith(".hint"))
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path hintOf(Path segment) {
        String name = segment.getFileName().toString();
        return segment.resolveSibling(name.replace(".seg", ".hint"));
    }

    @Test
    void hintOfAnotherSegmentOfTheSameNumberAndLengthIsNotUsed() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        Path left = branch("a", expected);
        Path right = branch("b", new TreeMap<>());
        int swapped = 0;
        for (Path segment : Stores.segments(left)) {
            Path other = right.resolve(hintOf(segment).getFileName());
            boolean sameLength = Files.size(segment) == Files.size(right.resolve(segment.getFileName()));
            if (Files.exists(hintOf(segment)) && Files.exists(other) && sameLength && !isFirst(segment)) {
                Files.copy(other, hintOf(segment), StandardCopyOption.REPLACE_EXISTING);
                swapped++;
            }
        }
        assertThat(swapped).isPositive();
        try (KVStore store = KVStore.open(left, OPTIONS)) {
            assertThat(Stores.scan(store)).isEqualTo(expected);
            for (String key : expected.keySet()) {
                assertThat(store.get(Bytes.of(key))).as(key).isNotNull();
            }
            assertThat(store.size()).isEqualTo(expected.size());
        }
    }

    /** The first segment was made before the copies parted: it is the same file to both. */
    private static boolean isFirst(Path segment) {
        return segment.getFileName().toString().startsWith("0000000001");
    }

    @Test
    void flippedByteAnywhereInAHintChangesNothingThatIsRead() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        Path path = branch("a", expected);
        Path hint = hintOf(Stores.segments(path).get(1));
        byte[] good = Files.readAllBytes(hint);
        // A prime number of bytes apart, so that each field of the entries is hit in one entry or the other.
        for (int flipped = 0; flipped < good.length; flipped += 37) {
            Path copy = temp.resolve("flipped-" + flipped);
            Stores.copy(path, copy);
            byte[] bad = good.clone();
            bad[flipped] ^= 1;
            Files.write(copy.resolve(hint.getFileName()), bad);
            try (KVStore store = KVStore.open(copy, OPTIONS)) {
                assertThat(Stores.scan(store)).as("byte %d", flipped).isEqualTo(expected);
                for (String key : expected.keySet()) {
                    assertThat(store.get(Bytes.of(key)))
                            .as("%s, byte %d", key, flipped)
                            .isNotNull();
                }
            }
            Stores.clear(copy);
        }
    }

    @Test
    void segmentWithoutTheSealThatItsHintTellsOfIsDamaged() throws IOException {
        Path path = branch("a", new TreeMap<>());
        Path segment = Stores.segments(path).get(1);
        assertThat(hintOf(segment)).exists();
        long length = Files.size(segment);
        Path flipped = temp.resolve("flipped");
        Stores.copy(path, flipped);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.setLength(length - 8);
        }
        assertDamaged(path, segment);
        Path damaged = flipped.resolve(segment.getFileName());
        try (RandomAccessFile file = new RandomAccessFile(damaged.toFile(), "rw")) {
            file.seek(length - 12);
            int before = file.read();
            file.seek(length - 12);
            file.write(before ^ 1);
        }
        assertDamaged(flipped, damaged);
    }

    private static void assertDamaged(Path path, Path segment) {
        assertThatThrownBy(() -> KVStore.open(path, OPTIONS).close())
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining(segment.getFileName().toString());
    }
}
