package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVLockedException;
import io.kvstore.KVOptions;
import io.kvstore.KVRepairReport;
import io.kvstore.KVStore;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairTest {
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(4096)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    private Path damaged;
    private Path repaired;
    private Map<String, String> expected;

    @BeforeEach
    void fill() {
        damaged = temp.resolve("damaged");
        repaired = temp.resolve("repaired");
        try (KVStore store = KVStore.open(damaged, OPTIONS)) {
            for (int i = 0; i < 300; i++) {
                store.put(Bytes.of("key" + i % 200), Bytes.of("value " + i));
            }
            store.bucket("b").put(Bytes.of("k"), Bytes.of("v"));
            store.bucket("dropped").put(Bytes.of("k"), Bytes.of("v"));
            store.dropBucket("dropped");
            store.put(Bytes.of("lasting"), Bytes.of("v"), Duration.ofDays(1));
            store.put(Bytes.of("gone"), Bytes.of("v"), Duration.ofNanos(1));
            for (int i = 0; i < 50; i++) {
                store.delete(Bytes.of("key" + i));
            }
            store.merge();
            for (int i = 150; i < 200; i++) {
                store.put(Bytes.of("key" + i), Bytes.of("newest " + i));
            }
            try (KVBatch batch = store.batch()) {
                batch.put(Bytes.of("first"), Bytes.of("1")).put(Bytes.of("second"), Bytes.of("2"));
                batch.commit();
            }
            expected = Stores.scanAll(store);
        }
        expected.remove("gone");
    }

    private static Map<String, String> read(Path directory) {
        try (KVStore store = KVStore.open(directory, OPTIONS)) {
            return Stores.scanAll(store);
        }
    }

    private Map<String, Integer> contents(Path directory) throws IOException {
        Map<String, Integer> contents = new TreeMap<>();
        for (Path file : Stores.files(directory)) {
            contents.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
        }
        return contents;
    }

    private static void flip(Path file, int... offsets) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int offset : offsets) {
            bytes[offset] ^= 0x10;
        }
        Files.write(file, bytes);
    }

    @Test
    void batchThatACrashHasCutOffIsLeftOutBesideOtherDamage() throws IOException {
        Path original = temp.resolve("original");
        Path killed = temp.resolve("killed");
        String value = "a value that is long enough to be cut in the middle of it";
        try (KVStore store = KVStore.open(original, OPTIONS)) {
            store.put(Bytes.of("old"), Bytes.of(value));
            store.put(Bytes.of("good"), Bytes.of(value));
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < 4; i++) {
                    batch.put(Bytes.of("batch" + i), Bytes.of(value));
                }
                batch.commit();
            }
            Stores.copy(original, killed);
        }
        Path log = killed.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(log);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("old")] ^= 1;
        Arrays.fill(bytes, text.indexOf("batch2") + 20, bytes.length, (byte) 0);
        Files.write(log, bytes);
        KVStore.repair(killed, repaired);
        assertThat(read(repaired)).containsOnlyKeys("good");
    }

    /** A merge in between gives segments higher numbers than the log's that say nothing of it. */
    @Test
    void batchThatACrashHasCutOffIsLeftOutBesideMergedSegments() throws IOException {
        Path original = temp.resolve("original");
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(original, OPTIONS)) {
            for (int i = 0; i < 100; i++) {
                store.put(Bytes.of("key" + i % 20), new byte[100]);
            }
            store.merge();
        }
        String value = "a value that is long enough to be cut in the middle of it";
        try (KVStore store = KVStore.open(original, OPTIONS)) {
            store.put(Bytes.of("good"), Bytes.of(value));
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < 4; i++) {
                    batch.put(Bytes.of("batch" + i), Bytes.of(value));
                }
                batch.commit();
            }
            Stores.copy(original, killed);
        }
        Path log = segmentWith(killed, "batch2");
        byte[] bytes = Files.readAllBytes(log);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Arrays.fill(bytes, text.indexOf("batch2") + 20, bytes.length, (byte) 0);
        Files.write(log, bytes);
        assertThat(Stores.files(killed).stream()
                        .filter(file -> file.toString().endsWith(".hint"))
                        .map(file -> file.getFileName().toString())
                        .max(String::compareTo)
                        .orElseThrow())
                .as("the merged segment has a higher number than that of the log")
                .isGreaterThan(log.getFileName().toString());
        KVStore.repair(killed, repaired);
        assertThat(read(repaired)).hasSize(21).containsKey("good").doesNotContainKeys("batch0", "batch1");
    }

    private static Path segmentWith(Path directory, String text) throws IOException {
        for (Path file : Stores.files(directory)) {
            if (file.toString().endsWith(".seg")
                    && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                return file;
            }
        }
        throw new AssertionError("no segment has " + text);
    }

    @Test
    void intactStoreIsCopiedWholly() throws IOException {
        Map<String, Integer> before = contents(damaged);
        KVRepairReport report = KVStore.repair(damaged, repaired);
        assertThat(report.lost()).isEmpty();
        assertThat(report.toString()).contains("nothing was lost");
        assertThat(report.keys()).isEqualTo(expected.size());
        assertThat(read(repaired)).isEqualTo(expected);
        assertThat(contents(damaged)).isEqualTo(before);
        assertThat(Stores.files(temp)).containsExactlyInAnyOrder(damaged, repaired);
    }

    @Test
    void oneDamagedRecordCostsOneRecordAndIsNamed() throws IOException {
        Path last = null;
        for (Path segment : Stores.segments(damaged)) {
            int at = indexOf(Files.readAllBytes(segment), Bytes.of("newest 199"));
            if (at >= 0) {
                last = segment;
                flip(segment, at);
            }
        }
        assertThatThrownBy(() -> KVStore.open(damaged, OPTIONS))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("KVStore.repair")
                .hasMessageNotContaining("delete");
        Map<String, Integer> before = contents(damaged);
        KVRepairReport report = KVStore.repair(damaged, repaired);
        assertThat(report.lost()).hasSize(1);
        assertThat(report.lost().get(0).file()).isEqualTo(last);
        assertThat(report.lost().get(0).key()).isEqualTo(Bytes.of("key199"));
        assertThat(report.toString()).contains("key199", last.toString());
        // The value before it is in the merged segment.
        expected.put("key199", "value 199");
        assertThat(read(repaired)).isEqualTo(expected);
        assertThat(contents(damaged)).isEqualTo(before);
    }

    /** Each imitation costs a checksum over all that it claims, until the search for a good record gives up. */
    @Test
    void damagedValueFullOfImitatedRecordsIsOneDamage() throws IOException {
        byte[] value = new byte[4 << 20];
        for (int i = 0; i < 200; i++) {
            int header = i * 8192;
            value[header + RecordLayout.KIND] = RecordLayout.KIND_PUT;
            LittleEndian.putInt(value, header + RecordLayout.VALUE_LENGTH, 2 << 20);
        }
        value[value.length - 1] = 1;
        Path store = temp.resolve("imitated");
        try (KVStore opened = KVStore.open(store)) {
            opened.put(Bytes.of("a"), Bytes.of("1"));
            // The value begins at a multiple of 8 bytes, as records do.
            opened.put(Bytes.of("full"), value);
            opened.put(Bytes.of("b"), Bytes.of("2"));
        }
        Path segment = Stores.segments(store).get(0);
        flip(segment, indexOf(Files.readAllBytes(segment), Bytes.of("full")) + 4 + value.length - 1);
        KVRepairReport report = KVStore.repair(store, repaired);
        assertThat(report.lost()).hasSize(1);
        assertThat(report.lost().get(0).key()).isEqualTo(Bytes.of("full"));
        assertThat(read(repaired)).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void damagedHeaderIsTakenFromTheHint() throws IOException {
        Path hinted = Stores.files(damaged).stream()
                .filter(file -> file.toString().endsWith(".hint"))
                .findFirst()
                .orElseThrow();
        Path segment = damaged.resolve(hinted.getFileName().toString().replace(".hint", ".seg"));
        flip(segment, 45);
        KVRepairReport report = KVStore.repair(damaged, repaired);
        assertThat(report.lost()).hasSize(1);
        assertThat(report.toString()).contains("takes the header from the hint file");
        assertThat(read(repaired)).isEqualTo(expected);
    }

    @Test
    void lostManifestIsToldAndEverythingIntactIsSaved() throws IOException {
        Files.delete(damaged.resolve("kvstore.manifest"));
        KVRepairReport report = KVStore.repair(damaged, repaired);
        assertThat(report.toString()).contains("kvstore.manifest");
        // The name of the bucket was in it: the segment with the declaration was merged away.
        Map<String, String> found = read(repaired);
        found.keySet().removeIf(key -> key.startsWith("lost-name-of-bucket-"));
        expected.remove("b/k");
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void damagedCleanMarkCostsNothingByEitherRemedyOfItsMessage() throws IOException {
        Path mark = damaged.resolve("kvstore.clean");
        flip(mark, 20);
        assertThatThrownBy(() -> KVStore.open(damaged, OPTIONS))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(mark.toString(), "KVStore.repair", "delete this file");
        KVStore.repair(damaged, repaired);
        assertThat(read(repaired)).isEqualTo(expected);
        Files.delete(mark);
        assertThat(read(damaged)).isEqualTo(expected);
    }

    @Test
    void missingSegmentIsTold() throws IOException {
        Path first = Stores.segments(damaged).get(0);
        Files.delete(first);
        KVRepairReport report = KVStore.repair(damaged, repaired);
        assertThat(report.lost()).extracting(lost -> lost.file()).contains(first);
        assertThat(expected).containsAllEntriesOf(withoutNewer(read(repaired)));
    }

    private Map<String, String> withoutNewer(Map<String, String> found) {
        found.entrySet().removeIf(entry -> !entry.getValue().equals(expected.get(entry.getKey())));
        assertThat(found).isNotEmpty();
        return found;
    }

    @Test
    void damagedStoreFileIsRefusedWithARemedy() throws IOException {
        flip(damaged.resolve("kvstore.store"), 20);
        assertThatThrownBy(() -> KVStore.repair(damaged, repaired))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("backup of this store");
        assertThat(repaired).doesNotExist();
    }

    @Test
    void badDirectoriesAreRefused() throws IOException {
        Files.createDirectory(repaired);
        Files.writeString(repaired.resolve("file"), "content");
        assertCode(() -> KVStore.repair(damaged, repaired), KVErrorCode.NOT_EMPTY);
        assertCode(() -> KVStore.repair(temp.resolve("absent"), temp.resolve("new")), KVErrorCode.STORE_NOT_FOUND);
        assertCode(() -> KVStore.repair(repaired, temp.resolve("new")), KVErrorCode.STORE_NOT_FOUND);
        try (KVStore open = KVStore.open(damaged, OPTIONS)) {
            assertThat(open.size()).isPositive();
            assertThatThrownBy(() -> KVStore.repair(damaged, temp.resolve("new")))
                    .isInstanceOf(KVLockedException.class);
        }
        assertThat(temp.resolve("new.repairing")).doesNotExist();
    }

    private static void assertCode(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, KVErrorCode code) {
        assertThatThrownBy(call)
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(code);
    }

    /** Whatever is damaged: the repair ends, and no value comes out that was never written. */
    @Test
    void randomDamageNeverMakesUpData() throws IOException {
        long seed = Seeds.next(getClass());
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            Path copy = temp.resolve("copy" + round);
            Path target = temp.resolve("target" + round);
            Stores.copy(damaged, copy);
            List<Path> files = new ArrayList<>(Stores.files(copy));
            files.removeIf(file -> file.endsWith("kvstore.store") || file.endsWith("kvstore.lock"));
            for (int i = 0; i <= random.nextInt(5); i++) {
                Path file = files.get(random.nextInt(files.size()));
                byte[] bytes = Files.readAllBytes(file);
                if (random.nextInt(3) == 0) {
                    bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                } else if (bytes.length > 0) {
                    int from = random.nextInt(bytes.length);
                    int to = Math.min(bytes.length, from + random.nextInt(200));
                    for (int at = from; at < to; at++) {
                        bytes[at] = (byte) random.nextInt();
                    }
                }
                Files.write(file, bytes);
            }
            KVRepairReport report = KVStore.repair(copy, target);
            Map<String, String> found = read(target);
            assertThat(report.keys()).isEqualTo(found.size());
            found.forEach((key, value) -> {
                if (key.startsWith("key")) {
                    assertThat(value).as("seed %d, %s", seed, key).matches("(value|newest) [0-9]+");
                }
            });
            Stores.clear(copy);
            Stores.clear(target);
        }
    }
}
