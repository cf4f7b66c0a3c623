package io.kvstore.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader that was written from {@code docs/FORMAT.md} alone finds in a store what the store does. */
@Tag("format")
class FormatDocumentTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/v2");

    @TempDir
    Path temp;

    private static Map<String, Map<String, String>> contents(KVStore store) {
        Map<String, Map<String, String>> contents = new TreeMap<>();
        contents.put("", contents((KVBucket) store));
        store.bucketNames().forEach(name -> contents.put(name, contents(store.bucket(name))));
        return contents;
    }

    private static Map<String, String> contents(KVBucket bucket) {
        Map<String, String> contents = new TreeMap<>();
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                contents.put(
                        new String(cursor.key(), StandardCharsets.ISO_8859_1),
                        new String(cursor.value(), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "killed"})
    void goldenStoresReadAlike(String name) throws IOException {
        Path copy = temp.resolve(name);
        Stores.copy(GOLDEN.resolve(name), copy);
        Map<String, Map<String, String>> read = FormatReader.read(copy, System.currentTimeMillis());
        try (KVStore store = KVStore.open(copy)) {
            assertThat(read).isEqualTo(contents(store));
        }
        assertThat(read).containsOnlyKeys("", "made", "Ünïcode");
        assertThat(read.get("")).hasSize(33);
    }

    @Test
    void storesOfRandomOperationsReadAlikeWhetherClosedOrKilled() throws IOException {
        long seed = Seeds.next(FormatDocumentTest.class);
        Random random = new Random(seed);
        KVOptions options = KVOptions.builder()
                .segmentSize(2048)
                .durability(Durability.OS)
                .autoMerge(false)
                .build();
        Path path = temp.resolve("store");
        for (int round = 0; round < 6; round++) {
            Path killed = temp.resolve("killed" + round);
            Map<String, Map<String, String>> contents;
            try (KVStore store = KVStore.open(path, options)) {
                operate(store, random);
                contents = contents(store);
                Stores.copy(path, killed);
            }
            assertThat(FormatReader.read(killed, System.currentTimeMillis()))
                    .as("killed, seed %d, round %d", seed, round)
                    .isEqualTo(contents);
            assertThat(FormatReader.read(path, System.currentTimeMillis()))
                    .as("closed, seed %d, round %d", seed, round)
                    .isEqualTo(contents);
        }
    }

    private static void operate(KVStore store, Random random) {
        for (int i = 0; i < 150; i++) {
            KVBucket bucket = random.nextBoolean() ? store : store.bucket("b" + random.nextInt(4));
            byte[] key = Bytes.of("k" + random.nextInt(40));
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> bucket.delete(key);
                case 3 -> store.dropBucket("b" + random.nextInt(4));
                case 4 -> {
                    try (KVBatch batch = store.batch()) {
                        batch.put(key, Bytes.of("batch" + i))
                                .put(bucket, key, Bytes.of("of two" + i))
                                .delete(Bytes.of("k" + random.nextInt(40)));
                        batch.commit();
                    }
                }
                case 5 -> {
                    if (random.nextInt(8) == 0) {
                        store.merge();
                    }
                }
                default -> bucket.put(key, Bytes.of("v".repeat(random.nextInt(120))));
            }
        }
    }

    @Test
    void readerNoticesAChangedByteOfAWholeSegment() throws IOException {
        Path copy = temp.resolve("copy");
        Stores.copy(GOLDEN.resolve("closed"), copy);
        Path segment = copy.resolve("0000000007.seg");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[200] ^= 1;
        Files.write(segment, bytes);
        assertThatThrownBy(() -> FormatReader.read(copy, 0)).hasMessageContaining("a whole segment 7");
    }
}
