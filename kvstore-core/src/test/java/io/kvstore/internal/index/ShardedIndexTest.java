package io.kvstore.internal.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedIndexTest {
    private static final int MILLION = 1_000_000;

    /** More than any one table holds. */
    private static final int SEVERAL_TABLES = 60_000;

    private static final long SEED = Seeds.next(ShardedIndexTest.class);
    private final ShardedIndex index = new ShardedIndex();

    /** The keys of one seed, again and again the same. */
    private static final class Keys {
        private final SplittableRandom random = new SplittableRandom(SEED);

        Hash next() {
            return new Hash(random.nextLong(), random.nextLong());
        }
    }

    private static final long PASSING = Location.of(60_000, 64, 0, false);

    private static long location(int n) {
        return Location.of(n >>> 25, (n & (1 << 25) - 1) * 8 + 64, 0, false);
    }

    @Test
    void emptyIndexHasNothingAndTakesNextToNothing() {
        assertThat(index.size()).isZero();
        assertThat(index.get(new Hash(1, 2))).isEqualTo(Location.NONE);
        assertThat(remove(new Hash(1, 2))).isEqualTo(Location.NONE);
        assertThat(index.part(0)).satisfies(part -> {
            assertThat(part.size()).isZero();
            assertThat(part.next()).isZero();
        });
        assertThat(index.memoryBytes()).isLessThan(400);
    }

    @Test
    void overwriteAndRemoveTellTheFormerLocationAndOnlyNewKeysCount() {
        Hash key = new Hash(-1, -1);
        assertThat(put(key, location(1))).isEqualTo(Location.NONE);
        assertThat(put(key, location(2))).isEqualTo(location(1));
        assertThat(index.size()).isOne();
        assertThat(remove(key)).isEqualTo(location(2));
        assertThat(remove(key)).isEqualTo(Location.NONE);
        assertThat(index.size()).isZero();
    }

    @Test
    void preparedKeyNeedsNoMoreMemory() {
        Keys keys = new Keys();
        for (int i = 0; i < SEVERAL_TABLES; i++) {
            Hash key = keys.next();
            index.prepare(key);
            long prepared = index.memoryBytes();
            index.put(key, location(i));
            if (index.memoryBytes() != prepared) {
                assertThat(index.memoryBytes()).as("seed %d, key %d", SEED, i).isEqualTo(prepared);
            }
        }
        keys = new Keys();
        for (int i = 0; i < SEVERAL_TABLES; i++) {
            Hash key = keys.next();
            index.prepare(key);
            long prepared = index.memoryBytes();
            index.remove(key);
            if (index.memoryBytes() != prepared) {
                assertThat(index.memoryBytes())
                        .as("seed %d, key %d removed", SEED, i)
                        .isEqualTo(prepared);
            }
        }
    }

    @Test
    void preparingChangesNoEntry() {
        List<Hash> present = fill(new Keys(), SEVERAL_TABLES);
        SplittableRandom random = new SplittableRandom(~SEED);
        for (int i = 0; i < SEVERAL_TABLES; i++) {
            index.prepare(new Hash(random.nextLong(), random.nextLong()));
        }
        assertThat(index.size()).isEqualTo(present.size());
        assertThat(new HashSet<>(allParts())).hasSize(present.size());
    }

    @Test
    @Tag("model")
    void indexIsAMap() {
        Random random = new Random(SEED);
        List<Hash> keys = awkwardKeys(random);
        Map<Hash, Long> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            // Up to some 45,000 keys, then down to a few, then up again.
            boolean growing = i < 90_000 || i >= 150_000;
            Hash key = keys.get(random.nextInt(keys.size()));
            long expected = model.getOrDefault(key, Location.NONE);
            long former;
            if (random.nextInt(100) < (growing ? 90 : 8)) {
                former = put(key, location(i));
                model.put(key, location(i));
            } else {
                former = remove(key);
                model.remove(key);
            }
            if (former != expected || index.size() != model.size()) {
                assertThat(former).as("seed %d, step %d", SEED, i).isEqualTo(expected);
                assertThat(index.size()).as("seed %d, step %d", SEED, i).isEqualTo(model.size());
            }
            if (i % 20_000 == 19_999) {
                assertSame(model, keys, "seed " + SEED + ", step " + i);
            }
        }
    }

    /** Even ones, ones that crowd a part of the range, ones that share a home slot, ones that share half their bits. */
    private static List<Hash> awkwardKeys(Random random) {
        List<Hash> keys = new ArrayList<>();
        while (keys.size() < SEVERAL_TABLES) {
            long high = random.nextLong();
            long low = random.nextLong();
            keys.add(new Hash(high, low));
            keys.add(new Hash(high >>> random.nextInt(3), low));
            keys.add(new Hash(high ^ random.nextInt(16), low));
            keys.add(new Hash(high, low ^ 1L << 32 + random.nextInt(32)));
            keys.add(new Hash(high, low ^ 1L << random.nextInt(16)));
        }
        return keys;
    }

    private void assertSame(Map<Hash, Long> model, List<Hash> keys, String when) {
        for (Hash key : keys) {
            long expected = model.getOrDefault(key, Location.NONE);
            long found = index.get(key);
            if (found != expected) {
                assertThat(found).as(when).isEqualTo(expected);
            }
        }
        List<Long> expected = new ArrayList<>(model.values());
        List<Long> found = allParts();
        Collections.sort(expected);
        Collections.sort(found);
        assertThat(found.equals(expected))
                .as("the parts make up the whole; " + when)
                .isTrue();
    }

    private List<Long> allParts() {
        return allParts(index);
    }

    private static List<Long> allParts(Index index) {
        List<Long> all = new ArrayList<>();
        long start = 0;
        do {
            Part part = index.part(start);
            for (int i = 0; i < part.size(); i++) {
                all.add(part.location(i));
            }
            start = part.next();
        } while (start != 0);
        return all;
    }

    @Test
    void partsHoldEachKeyOnceThoughTablesSplitAndShrinkBetweenThem() {
        Keys keys = new Keys();
        List<Hash> present = fill(keys, SEVERAL_TABLES);
        int tables = partStarts().size();
        List<Hash> passing = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        int parts = 0;
        long start = 0;
        do {
            Part part = index.part(start);
            for (int i = 0; i < part.size(); i++) {
                long location = part.location(i);
                if (location != PASSING) {
                    assertThat(seen.add(location)).as("seed %d: once", SEED).isTrue();
                }
            }
            start = part.next();
            parts++;
            if (parts % 2 == 1) {
                for (int i = 0; i < SEVERAL_TABLES; i++) {
                    passing.add(keys.next());
                    put(passing.get(i), PASSING);
                }
            } else {
                passing.forEach(this::remove);
                passing.clear();
            }
        } while (start != 0);
        assertThat(seen).as("seed %d", SEED).hasSize(present.size());
        assertThat(parts).as("parts: tables have split meanwhile").isGreaterThan(tables);
    }

    private List<Long> partStarts() {
        List<Long> starts = new ArrayList<>();
        long start = 0;
        do {
            starts.add(start);
            start = index.part(start).next();
        } while (start != 0);
        return starts;
    }

    @Test
    void aKeyTakesAtMost32BytesWhereverTheIndexStandsInItsGrowth() {
        Keys keys = new Keys();
        for (int count = 1; count <= MILLION; count++) {
            put(keys.next(), location(count));
            if (count > 1000 && count % (count < 50_000 ? 10 : 1000) == 0) {
                double bytes = (double) index.memoryBytes() / count;
                double most = count < 10_000 ? 40 : 32;
                if (bytes > most) {
                    assertThat(bytes)
                            .as("seed %d: bytes a key of %d", SEED, count)
                            .isLessThanOrEqualTo(most);
                }
            }
        }
        assertThat(index.size()).isEqualTo(MILLION);
    }

    @Test
    void memoryStaysWhereItIsWhileKeysComeAndGo() {
        Keys keys = new Keys();
        List<Hash> present = fill(keys, SEVERAL_TABLES);
        Random random = new Random(SEED);
        for (int i = 0; i < 5 * SEVERAL_TABLES; i++) {
            Hash fresh = keys.next();
            assertThat(remove(present.set(random.nextInt(present.size()), fresh)))
                    .isNotEqualTo(Location.NONE);
            put(fresh, location(i));
            if (i % 1000 == 0) {
                assertThat((double) index.memoryBytes() / index.size())
                        .as("seed %d: bytes a key after %d rounds", SEED, i)
                        .isLessThanOrEqualTo(40);
            }
        }
    }

    @Test
    void indexShrinksWhenItsKeysAreRemoved() {
        List<Hash> keys = fill(new Keys(), 200_000);
        long full = index.memoryBytes();
        Collections.shuffle(keys, new Random(SEED));
        for (int i = 0; i < keys.size(); i++) {
            assertThat(remove(keys.get(i))).isNotEqualTo(Location.NONE);
            int left = keys.size() - i - 1;
            if (left >= 10_000 && left % 1000 == 0) {
                assertThat((double) index.memoryBytes() / left)
                        .as("seed %d: bytes a key with %d of %d left", SEED, left, keys.size())
                        .isLessThanOrEqualTo(20 / SlotTable.MIN_LOAD + 5);
            }
        }
        assertThat(index.size()).isZero();
        assertThat(index.memoryBytes()).as("of %d bytes", full).isLessThan(full / 100);
        assertThat(allParts()).isEmpty();
        Hash again = keys.get(0);
        put(again, location(1));
        assertThat(index.get(again)).isEqualTo(location(1));
    }

    @Test
    void tablesGoDeeperOnlyWhereTheKeysAre() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Hash> keys = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            // More than half of all keys are in the lowest eighth of the range, which a good hash would never do.
            keys.add(new Hash(random.nextLong() >>> random.nextInt(5), random.nextLong()));
            put(keys.get(i), location(i));
        }
        for (int i = 0; i < keys.size(); i++) {
            if (index.get(keys.get(i)) != location(i)) {
                assertThat(index.get(keys.get(i)))
                        .as("seed %d, key %d", SEED, i)
                        .isEqualTo(location(i));
            }
        }
        assertThat(index.size()).isEqualTo(keys.size());
        assertThat(new HashSet<>(allParts())).hasSize(keys.size());
        assertThat((double) index.memoryBytes() / keys.size()).isLessThan(32);
        List<Long> starts = partStarts();
        long inTheLowestEighth =
                starts.stream().filter(start -> start >>> 61 == 0).count();
        long inTheUpperHalf = starts.stream().filter(start -> start < 0).count();
        assertThat(inTheLowestEighth).isGreaterThan(4 * inTheUpperHalf);
    }

    @Test
    void locationIsSetOnlyIfItIsTheExpectedOne() {
        Hash key = new Hash(-1, 7);
        assertThat(index.compareAndSet(key, Location.NONE, location(1)))
                .as("an absent key stays absent")
                .isFalse();
        put(key, location(1));
        assertThat(index.compareAndSet(key, location(2), location(3))).isFalse();
        assertThat(index.get(key)).isEqualTo(location(1));
        assertThat(index.compareAndSet(key, location(1), location(3))).isTrue();
        assertThat(index.get(key)).isEqualTo(location(3));
        assertThat(index.compareAndSet(key, location(1), location(4))).isFalse();
        remove(key);
        assertThat(index.compareAndSet(key, location(3), location(4))).isFalse();
        assertThat(index.get(key)).isEqualTo(Location.NONE);
        assertThat(index.size()).isZero();
    }

    @Test
    void swapTellsKeysApartByAllBitsAndTouchesNoOther() {
        Hash key = new Hash(5, 1L << 40);
        List<Hash> similar = List.of(new Hash(4, 1L << 40), new Hash(5, 1L << 41), new Hash(5, 1L << 40 | 1));
        similar.forEach(other -> put(other, location(1)));
        assertThat(index.compareAndSet(key, location(1), location(2))).isFalse();
        put(key, location(1));
        assertThat(index.compareAndSet(key, location(1), location(2))).isTrue();
        similar.forEach(other -> assertThat(index.get(other)).isEqualTo(location(1)));
    }

    @Test
    void swapTakesNoMemoryAndChangesNoNumberOfKeys() {
        List<Hash> keys = fill(new Keys(), SEVERAL_TABLES);
        long memory = index.memoryBytes();
        for (int i = 0; i < keys.size(); i++) {
            if (!index.compareAndSet(keys.get(i), location(i), location(i + SEVERAL_TABLES))) {
                fail("seed %d, key %d", SEED, i);
            }
        }
        assertThat(index.memoryBytes()).isEqualTo(memory);
        assertThat(index.size()).isEqualTo(keys.size());
        requireLocations(index, keys, SEVERAL_TABLES);
    }

    /** A merge swaps all keys while a writer puts and removes them; both under a lock, as in the store. */
    @Test
    @Tag("concurrency")
    void whatAWriterHasPutIsNeverSwappedAway() {
        List<Hash> keys = fill(new Keys(), SEVERAL_TABLES);
        AtomicInteger swapped = new AtomicInteger();
        try (Crew crew = new Crew()) {
            crew.start("merge", () -> {
                for (int i = 0; i < keys.size(); i++) {
                    synchronized (index) {
                        if (index.compareAndSet(keys.get(i), location(i), location(i + SEVERAL_TABLES))) {
                            swapped.incrementAndGet();
                        }
                    }
                }
            });
            crew.start("writer", () -> {
                for (int i = keys.size() - 1; i >= 0; i--) {
                    synchronized (index) {
                        if (i % 3 == 0) {
                            put(keys.get(i), PASSING);
                        } else if (i % 3 == 1) {
                            remove(keys.get(i));
                        }
                    }
                }
            });
            crew.start("reader", () -> {
                SplittableRandom random = new SplittableRandom(SEED);
                for (int i = 0; i < 2 * SEVERAL_TABLES && !crew.hasFailed(); i++) {
                    int key = random.nextInt(keys.size());
                    long found = index.get(keys.get(key));
                    boolean was = found == location(key) || found == location(key + SEVERAL_TABLES);
                    boolean written = key % 3 == 0 ? found == PASSING : key % 3 == 1 && found == Location.NONE;
                    if (!was && !written) {
                        fail("seed %d, key %d is at %x", SEED, key, found);
                    }
                }
            });
        }
        assertThat(swapped.get()).isGreaterThanOrEqualTo(SEVERAL_TABLES / 3);
        for (int i = 0; i < keys.size(); i++) {
            long expected = i % 3 == 0 ? PASSING : i % 3 == 1 ? Location.NONE : location(i + SEVERAL_TABLES);
            if (index.get(keys.get(i)) != expected) {
                assertThat(index.get(keys.get(i)))
                        .as("seed %d, key %d", SEED, i)
                        .isEqualTo(expected);
            }
        }
    }

    private static void requireLocations(Index index, List<Hash> keys, int firstLocation) {
        for (int i = 0; i < keys.size(); i++) {
            if (index.get(keys.get(i)) != location(firstLocation + i)) {
                assertThat(index.get(keys.get(i)))
                        .as("seed %d, key %d", SEED, i)
                        .isEqualTo(location(firstLocation + i));
            }
        }
    }

    /** Parts of which each has the keys that begin with its bits. */
    private static List<ShardedIndex> parts(int bits, List<Hash> keys) {
        List<ShardedIndex> parts = new ArrayList<>();
        for (int i = 0; i < 1 << bits; i++) {
            parts.add(new ShardedIndex(bits));
        }
        for (int i = 0; i < keys.size(); i++) {
            Hash key = keys.get(i);
            ShardedIndex part = parts.get(bits == 0 ? 0 : (int) (key.high() >>> (64 - bits)));
            load(part, key, location(i));
        }
        return parts;
    }

    private static void load(ShardedIndex part, Hash key, long location) {
        part.prepareToLoad(key);
        part.put(key, location);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    @Tag("model")
    void joinedPartsAreAnIndexLikeAnyOther(int bits) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Hash> keys = new ArrayList<>();
        for (int i = 0; i < SEVERAL_TABLES; i++) {
            // Far more in the first parts than in the last, so that some are deeper.
            long eighth = random.nextInt(1 + random.nextInt(8));
            keys.add(new Hash(eighth << 61 | random.nextLong() >>> 3, random.nextLong()));
        }
        ShardedIndex joined = ShardedIndex.join(parts(bits, keys));
        assertThat(joined.size()).isEqualTo(keys.size());
        requireLocations(joined, keys, 0);
        assertThat(new HashSet<>(allParts(joined))).hasSize(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            joined.prepare(keys.get(i));
            if (i % 4 != 0) {
                joined.remove(keys.get(i));
            } else {
                joined.put(keys.get(i), location(i + 1));
            }
        }
        assertThat(joined.size()).isEqualTo(keys.size() / 4);
        assertThat(new HashSet<>(allParts(joined))).hasSize(keys.size() / 4);
        assertThat((double) joined.memoryBytes() / joined.size())
                .as("seed %d: bytes a key", SEED)
                .isLessThan(20 / SlotTable.MIN_LOAD + 5);
    }

    @Test
    void joinedEmptyPartsTakeNextToNothing() {
        ShardedIndex joined = ShardedIndex.join(parts(3, List.of()));
        assertThat(joined.size()).isZero();
        assertThat(joined.memoryBytes()).isLessThan(8 * 400);
        assertThat(allParts(joined)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 100000", "2, 2, 100000", "0, 3, 100000", "2, 5, 100000", "3, 3, 10"})
    void keysForWhichRoomWasMadeTakeNoMoreMemory(int shared, int bits, int count) {
        ShardedIndex part = new ShardedIndex(shared);
        part.reserve(bits, 0, count);
        long reserved = part.memoryBytes();
        SplittableRandom random = new SplittableRandom(SEED);
        List<Hash> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(new Hash(random.nextLong() >>> bits, random.nextLong()));
            load(part, keys.get(i), location(i));
        }
        // A few tables may get more than their even share.
        assertThat(part.memoryBytes()).as("seed %d", SEED).isBetween(reserved, (long) (1.1 * reserved));
        assertThat((double) reserved / count).isLessThan(count > 1000 ? 35 : 80);
        requireLocations(part, keys, 0);
    }

    @Test
    void roomIsMadeInAnyRangeOfAnEmptyIndex() {
        for (int bits = 1; bits <= 6; bits++) {
            for (int range = 0; range < 1 << bits; range++) {
                ShardedIndex empty = new ShardedIndex();
                empty.reserve(bits, (long) range << (64 - bits), 100_000);
                assertThat(empty.memoryBytes())
                        .as("range %d of %d bits", range, bits)
                        .isBetween(25 * 100_000L, 40 * 100_000L);
            }
        }
    }

    /** As the loader does it: one range of hashes after the other, the lowest first, the others in any order. */
    @Test
    void roomIsMadeInOneRangeAfterTheOther() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Hash> keys = new ArrayList<>();
        for (int range : new int[] {0, 13, 3, 7, 15, 1, 9, 8}) {
            long first = (long) range << 60;
            long before = index.memoryBytes();
            index.reserve(4, first, 10_000);
            long reserved = index.memoryBytes();
            assertThat(reserved - before).as("range %d", range).isGreaterThan(10_000 * 27);
            for (int i = 0; i < 10_000; i++) {
                keys.add(new Hash(first | random.nextLong() >>> 4, random.nextLong()));
                load(index, keys.get(keys.size() - 1), location(keys.size() - 1));
            }
            assertThat(index.memoryBytes()).as("seed %d, range %d", SEED, range).isEqualTo(reserved);
        }
        requireLocations(index, keys, 0);
    }

    @Test
    void makingRoomChangesNoEntryAndGoesNoFurtherThanItsRange() {
        List<Hash> keys = fill(new Keys(), SEVERAL_TABLES);
        long before = index.memoryBytes();
        index.reserve(2, 1L << 62, 100_000);
        assertThat(index.memoryBytes()).isBetween(before + 20 * 100_000L, before + 40 * 100_000L);
        assertThat(index.size()).isEqualTo(keys.size());
        requireLocations(index, keys, 0);
        assertThat(new HashSet<>(allParts())).hasSize(keys.size());
    }

    @Test
    void roomIsLeftByLoadsAndGivenBackInTheEnd() {
        List<Hash> keys = fill(new Keys(), SEVERAL_TABLES);
        long before = index.memoryBytes();
        index.reserve(0, 0, 10 * SEVERAL_TABLES);
        long reserved = index.memoryBytes();
        keys.forEach(index::prepareToLoad);
        assertThat(index.memoryBytes()).isEqualTo(reserved).isGreaterThan(5 * before);
        index.compact(0, 0);
        assertThat((double) index.memoryBytes() / keys.size()).isLessThan(32.5);
        requireLocations(index, keys, 0);
    }

    private long put(Hash key, long location) {
        index.prepare(key);
        return index.put(key, location);
    }

    private long remove(Hash key) {
        index.prepare(key);
        return index.remove(key);
    }

    private List<Hash> fill(Keys keys, int count) {
        List<Hash> filled = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            filled.add(keys.next());
            put(filled.get(i), location(i));
        }
        return filled;
    }
}
