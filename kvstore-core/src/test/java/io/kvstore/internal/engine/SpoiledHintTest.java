package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVOpenProgress;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of the hint files of a store, it opens with what its segments hold. */
@Tag("crash")
class SpoiledHintTest {
    private static final int KEYS = 60;
    private static final long SEED = Seeds.next(SpoiledHintTest.class);

    /** Where the record number 126 is: all take 40 bytes, so that a segment has 23 of them. */
    private static final int DAMAGED = 64 + 126 % 23 * 40;

    /** A store that was closed, with a hint for each segment but the last, and what is in it. */
    @TempDir
    static Path original;

    private static final Map<String, String> CONTENT = new TreeMap<>();

    @TempDir
    Path temp;

    private final Map<String, String> expected = new TreeMap<>(CONTENT);
    private final List<KVOpenProgress> progress = new ArrayList<>();
    private final Random random = new Random(SEED);

    @BeforeAll
    static void makeStore() throws IOException {
        SpoiledHintTest maker = new SpoiledHintTest();
        CONTENT.clear();
        maker.fillAndHint(original, "a");
        CONTENT.putAll(maker.expected);
    }

    /** Hints are made at once of what an open finds sealed. */
    private void fillAndHint(Path directory, String value) throws IOException {
        try (KVStore store = open(directory)) {
            fill(store, value);
        }
        try (KVStore store = open(directory)) {
            int sealed = store.stats().segmentFigures().size() - 1;
            Crew.awaitUntil(
                    "all sealed segments have hints", () -> hints(directory).size() == sealed);
        }
    }

    private KVStore open(Path directory) throws IOException {
        progress.clear();
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .openListener(progress::add)
                .build();
        return FileStore.open(
                FaultyDirectory.unsynced(Files.createDirectories(directory)),
                options,
                System::currentTimeMillis,
                MergePoint.Hook.NONE);
    }

    /** Puts, overwrites and deletes, a record each: most segments hold some that do not count any more. */
    private void fill(KVStore store, String value) {
        for (int i = 0; i < 3 * KEYS; i++) {
            String key = "key-" + i * 7 % KEYS;
            if (i % 9 == 8 && expected.containsKey(key)) {
                store.delete(Bytes.of(key));
                expected.remove(key);
            } else {
                store.put(Bytes.of(key), Bytes.of(value + i));
                expected.put(key, value + i);
            }
        }
    }

    private static List<Path> hints(Path directory) {
        try {
            return Stores.files(directory).stream()
                    .filter(file -> file.toString().endsWith(".hint"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A copy of a store, to be spoilt. */
    private Path copyOf(Path store) throws IOException {
        Path copy = temp.resolve("copy");
        Stores.clear(copy);
        Stores.copy(store, copy);
        return copy;
    }

    private void requireRightData(Path directory, String what) throws IOException {
        try (KVStore store = open(directory)) {
            assertThat(Stores.scan(store)).as("seed %d, %s", SEED, what).isEqualTo(expected);
            assertThat(store.size()).isEqualTo(expected.size());
        }
    }

    private KVOpenProgress lastProgress() {
        return progress.get(progress.size() - 1);
    }

    @Test
    void intactHintsAreUsed() throws IOException {
        requireRightData(copyOf(original), "intact");
        assertThat(lastProgress().fromHints()).isEqualTo(hints(original).size()).isGreaterThan(3);
        assertThat(lastProgress().done() - lastProgress().fromHints())
                .as("read: the last one")
                .isOne();
    }

    @Test
    void storeOpensWithoutItsHints() throws IOException {
        Path copy = copyOf(original);
        for (Path hint : hints(copy)) {
            Files.delete(hint);
        }
        requireRightData(copy, "without hints");
        assertThat(lastProgress().fromHints()).isZero();
    }

    @Test
    void storeOpensWithHintsThatAreCutOffAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(hints(original).get(0));
        for (int length : new int[] {0, 1, 63, 64, 65, whole.length - 4096, whole.length - 1}) {
            Path copy = copyOf(original);
            for (Path hint : hints(copy)) {
                Files.write(hint, Arrays.copyOf(Files.readAllBytes(hint), length));
            }
            requireRightData(copy, "length " + length);
            assertThat(lastProgress().fromHints()).isZero();
        }
    }

    /** One bit in each part of the file, and some anywhere; in all hints at once. */
    @Test
    void storeOpensWithHintsThatAreDamagedAnywhere() throws IOException {
        int length = (int) Files.size(hints(original).get(0));
        for (int i = 0; i < 40; i++) {
            int index = i < 10 ? 64 * i : random.nextInt(length);
            int bit = random.nextInt(8);
            Path copy = copyOf(original);
            for (Path hint : hints(copy)) {
                byte[] bytes = Files.readAllBytes(hint);
                bytes[index % bytes.length] ^= (byte) (1 << bit);
                Files.write(hint, bytes);
            }
            requireRightData(copy, "byte " + index + ", bit " + bit);
        }
    }

    @Test
    void hintOfAnotherSegmentIsNotUsed() throws IOException {
        Path copy = copyOf(original);
        List<Path> hints = hints(copy);
        Path spare = temp.resolve("spare");
        for (int i = 0; i + 1 < hints.size(); i += 2) {
            Files.move(hints.get(i), spare);
            Files.move(hints.get(i + 1), hints.get(i));
            Files.move(spare, hints.get(i + 1));
        }
        requireRightData(copy, "swapped");
        assertThat(lastProgress().fromHints()).isEqualTo(hints.size() % 2);
    }

    @Test
    void hintOfAnotherStoreIsNotUsed() throws IOException {
        Path stranger = temp.resolve("stranger");
        fillAndHint(stranger, "z");
        expected.clear();
        expected.putAll(CONTENT);
        requireForeignHintsUnused(stranger, original, 0);
    }

    /** Two copies of one store go on on their own: the segments that they make are of one store and not the same. */
    @Test
    void hintOfACopyThatHasGoneAnotherWayIsNotUsed() throws IOException {
        int common = Stores.segments(original).size();
        Path twin = temp.resolve("twin");
        Path forked = temp.resolve("forked");
        Stores.copy(original, twin);
        Stores.copy(original, forked);
        fillAndHint(twin, "t");
        expected.clear();
        expected.putAll(CONTENT);
        fillAndHint(forked, "f");
        requireForeignHintsUnused(twin, forked, common);
    }

    private void requireForeignHintsUnused(Path from, Path to, int common) throws IOException {
        Path copy = copyOf(to);
        List<Path> own = hints(copy);
        for (Path hint : own.subList(common, own.size())) {
            Files.write(hint, Files.readAllBytes(from.resolve(hint.getFileName())));
        }
        requireRightData(copy, "hints of " + from.getFileName());
        assertThat(lastProgress().fromHints()).isEqualTo(common);
        assertThat(own).hasSizeGreaterThan(common + 4);
    }

    @Test
    void hintsFromBeforeAMergeAreNotUsed() throws IOException {
        Path merged = copyOf(original);
        try (KVStore store = open(merged)) {
            store.merge();
            fill(store, "b");
            store.merge();
        }
        int ownHints = hints(merged).size();
        for (Path old : hints(original)) {
            Files.copy(old, merged.resolve(old.getFileName()));
        }
        requireRightData(merged, "stale");
        assertThat(lastProgress().fromHints()).isEqualTo(ownHints);
        assertThat(hints(merged)).as("those without a segment are removed").hasSize(ownHints);
        requireRightData(merged, "stale, opened again");
    }

    /** A copy of which the record number 126 is damaged: that of key 42, which is current, in the sixth segment. */
    private Path damagedCopy() throws IOException {
        Path copy = copyOf(original);
        assertThat(CONTENT).containsEntry("key-42", "a126").doesNotContainKey("key-53");
        try (RandomAccessFile file = new RandomAccessFile(victim(copy).toFile(), "rw")) {
            long value = DAMAGED + 28 + "key-42".length();
            file.seek(value);
            assertThat(file.read()).isEqualTo('a');
            file.seek(value);
            file.write('b');
        }
        return copy;
    }

    private static Path victim(Path store) {
        return store.resolve("0000000006.seg");
    }

    /** Its value cannot be read; every other key is as it was. */
    private void requireRestReadable(KVStore store) {
        for (int i = 0; i < KEYS; i++) {
            String key = "key-" + i;
            if (i == 42) {
                assertThatThrownBy(() -> store.get(Bytes.of(key))).isInstanceOf(KVCorruptionException.class);
            } else {
                assertThat(Bytes.text(store.get(Bytes.of(key)))).as(key).isEqualTo(expected.get(key));
            }
        }
    }

    private static void requireMergeFails(KVStore store) {
        assertThatThrownBy(store::merge)
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll("segment 6", "0000000006.seg", "offset " + DAMAGED, "not merged");
    }

    @Test
    void damagedSegmentIsReportedByEachMergeAndNothingOfItIsRemoved() throws IOException {
        Path copy = damagedCopy();
        byte[] content = Files.readAllBytes(victim(copy));
        try (KVStore store = open(copy)) {
            requireMergeFails(store);
            requireMergeFails(store);
            requireRestReadable(store);
        }
        assertThat(Files.readAllBytes(victim(copy))).isEqualTo(content);
    }

    @Test
    void allOtherSegmentsAreMergedAllTheSame() throws IOException {
        Path copy = damagedCopy();
        try (KVStore store = open(copy)) {
            requireMergeFails(store);
            assertThat(store.stats().segmentFigures())
                    .extracting(KVStats.Segment::number)
                    .contains(6)
                    .doesNotContain(1, 2, 3, 4, 5, 7, 8);
        }
    }

    @Test
    void storeWithADamagedSegmentIsWrittenToMergedAndOpenedAgain() throws IOException {
        Path copy = damagedCopy();
        try (KVStore store = open(copy)) {
            requireMergeFails(store);
            for (int i = 0; i < KEYS; i += 2) {
                if (i != 42) {
                    store.put(Bytes.of("key-" + i), Bytes.of("after"));
                    expected.put("key-" + i, "after");
                }
            }
            requireMergeFails(store);
            requireRestReadable(store);
        }
        // The hint of the damaged segment tells what is in it.
        try (KVStore store = open(copy)) {
            requireRestReadable(store);
        }
    }

    /** Key 53 was put into the damaged segment, and deleted later: its tombstone is merged, and stays. */
    @Test
    void keyStaysDeletedThoughItsPutIsInASegmentThatCannotBeMerged() throws IOException {
        Path copy = damagedCopy();
        try (KVStore store = open(copy)) {
            requireMergeFails(store);
        }
        try (KVStore store = open(copy)) {
            assertThat(store.get(Bytes.of("key-53"))).isNull();
            assertThat(store.size()).isEqualTo(expected.size());
        }
    }

    @Test
    void damagedSegmentWithoutAHintIsReportedOnOpening() throws IOException {
        Path copy = damagedCopy();
        Files.delete(copy.resolve("0000000006.hint"));
        assertThatThrownBy(() -> open(copy))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll("segment 6", "offset " + DAMAGED);
    }
}
