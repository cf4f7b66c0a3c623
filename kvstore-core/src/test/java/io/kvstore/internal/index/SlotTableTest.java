package io.kvstore.internal.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {
    /** Of a table of eight slots; it is full when six are used. */
    private static final int CAPACITY = SlotTable.MIN_CAPACITY;

    private static final long LAST_HOME = 0xFFFF_FFFFL;

    /** A hash whose home is the first slot for 0, the last one for {@link #LAST_HOME}, in tables of depth 0. */
    private static Hash at(long home, int id) {
        return new Hash(home << 32 | id, 0x1234_5678_9ABC_DEF0L);
    }

    private static long location(int n) {
        return Location.of(n % 1000, 64 + 8 * n, 0, n % 3 == 0);
    }

    @Test
    void emptyTableFindsNothing() {
        SlotTable table = new SlotTable(0, CAPACITY);
        assertThat(get(table, at(0, 1))).isEqualTo(Location.NONE);
        assertThat(remove(table, at(0, 1))).isEqualTo(Location.NONE);
        assertThat(table.count()).isZero();
        assertThat(locations(table)).isEmpty();
    }

    @Test
    void putReturnsTheFormerLocationAndSetsTheNewOne() {
        SlotTable table = new SlotTable(0, CAPACITY);
        assertThat(put(table, at(0, 1), location(1))).isEqualTo(Location.NONE);
        assertThat(put(table, at(0, 1), location(2))).isEqualTo(location(1));
        assertThat(get(table, at(0, 1))).isEqualTo(location(2));
        assertThat(table.count()).isOne();
    }

    @Test
    void keysAreToldApartByEachOf112Bits() {
        Hash key = new Hash(0x0123_4567_89AB_CDEFL, 0x0F1E_2D3C_4B5A_6978L);
        int bits = 0;
        for (int bit = 0; bit < 128; bit++) {
            Hash other = bit < 64
                    ? new Hash(key.high() ^ 1L << bit, key.low())
                    : new Hash(key.high(), key.low() ^ 1L << (bit - 64));
            SlotTable table = new SlotTable(0, CAPACITY);
            put(table, key, location(1));
            if (get(table, other) == Location.NONE) {
                bits++;
                put(table, other, location(2));
                assertThat(get(table, key)).as("bit %d", bit).isEqualTo(location(1));
                assertThat(remove(table, other)).as("bit %d", bit).isEqualTo(location(2));
                assertThat(get(table, key)).as("bit %d", bit).isEqualTo(location(1));
            }
        }
        assertThat(bits).isEqualTo(112);
    }

    @Test
    void neighboursKeepTheirOwnExtraBits() {
        SlotTable table = new SlotTable(0, CAPACITY);
        Hash[] keys = new Hash[6];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new Hash(5, (i % 2 == 0 ? 0xFFFF_FFFFL : 0x1111_1111L * i) << 32 | i);
            put(table, keys[i], location(i));
        }
        for (int round = 0; round < keys.length; round++) {
            remove(table, keys[round]);
            put(table, keys[round], location(10 + round));
            for (int i = 0; i < keys.length; i++) {
                assertThat(get(table, keys[i])).isEqualTo(location(i <= round ? 10 + i : i));
            }
        }
    }

    @Test
    void locationsThatDifferOnlyInHashBitsComeOutClean() {
        SlotTable table = new SlotTable(0, CAPACITY);
        Hash allOnes = new Hash(-1, -1);
        long location = Location.of(65_535, 512 * 1024 * 1024 - 8, 31, true);
        put(table, allOnes, location);
        assertThat(get(table, allOnes)).isEqualTo(location);
        assertThat(locations(table)).containsExactly(location);
        assertThat(put(table, allOnes, location(1))).isEqualTo(location);
        assertThat(remove(table, allOnes)).isEqualTo(location(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x8000_0000L, LAST_HOME})
    void entriesBehindADeletedOneAreFound(long home) {
        for (int removed = 0; removed < 5; removed++) {
            SlotTable table = chain(home, 5);
            remove(table, at(home, removed));
            for (int i = 0; i < 5; i++) {
                assertThat(get(table, at(home, i)))
                        .as("key %d of %x after removal of %d", i, home, removed)
                        .isEqualTo(i == removed ? Location.NONE : location(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x8000_0000L, LAST_HOME})
    void deletedSlotIsUsedAgain(long home) {
        SlotTable table = chain(home, 6);
        assertThat(table.isFull()).isTrue();
        for (int i = 0; i < 1000; i++) {
            remove(table, at(home, i));
            // Never in the way of the entries behind, and never a slot more: the table would have no end for a probe.
            put(table, at(home, i + 6), location(i + 6));
            for (int j = i + 1; j <= i + 6; j++) {
                assertThat(get(table, at(home, j))).isEqualTo(location(j));
            }
        }
        assertThat(table.count()).isEqualTo(6);
    }

    @Test
    void overwriteBehindADeletedSlotDoesNotMakeASecondEntry() {
        SlotTable table = chain(0, 3);
        remove(table, at(0, 0));
        assertThat(put(table, at(0, 2), location(9))).isEqualTo(location(2));
        assertThat(table.count()).isEqualTo(2);
        assertThat(remove(table, at(0, 2))).isEqualTo(location(9));
        assertThat(get(table, at(0, 2))).isEqualTo(Location.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x8000_0000L, LAST_HOME})
    void removingTheEndOfAChainFreesItsDeletedSlots(long home) {
        SlotTable table = chain(home, 6);
        for (int i = 1; i < 5; i++) {
            remove(table, at(home, i));
        }
        assertThat(table.isFull()).as("deleted slots count as used").isTrue();
        remove(table, at(home, 5));
        assertThat(table.isFull()).isFalse();
        assertThat(get(table, at(home, 0))).isEqualTo(location(0));
        for (int i = 10; i < 15; i++) {
            assertThat(table.isFull()).as("before key %d", i).isFalse();
            put(table, at(home, i), location(i));
        }
        assertThat(table.isFull()).isTrue();
    }

    @Test
    void fullAndSparseGoByLoad() {
        SlotTable table = new SlotTable(0, 100);
        assertThat(table.isSparse()).isTrue();
        for (int i = 0; i < 80; i++) {
            assertThat(table.isFull()).as("with %d entries", i).isFalse();
            put(table, spread(i), location(i));
            assertThat(table.isSparse()).as("with %d entries", i + 1).isEqualTo(i + 1 < 45);
        }
        assertThat(table.isFull()).isTrue();
    }

    @Test
    void smallestTableIsNeverSparse() {
        assertThat(new SlotTable(0, CAPACITY).isSparse()).isFalse();
    }

    @Test
    void freshTableIsNeitherFullNorSparseWhateverItsSize() {
        for (int entries = 0; entries <= 20_000; entries = entries < 100 ? entries + 1 : entries * 9 / 8) {
            SlotTable table = new SlotTable(0, CAPACITY);
            for (int i = 0; i < entries; i++) {
                table = table.isFull() ? table.resized() : table;
                put(table, spread(i), location(i));
            }
            SlotTable fresh = table.resized();
            assertThat(fresh.count()).isEqualTo(entries);
            assertThat(fresh.isFull()).as("%d entries", entries).isFalse();
            assertThat(fresh.isSparse()).as("%d entries", entries).isFalse();
        }
    }

    @Test
    void memoryIsTwentyBytesASlot() {
        for (int capacity = CAPACITY; capacity < 1000; capacity++) {
            assertThat(new SlotTable(0, capacity).memoryBytes())
                    .as("capacity %d", capacity)
                    .isBetween(20L * capacity, 20L * capacity + 84);
        }
    }

    @Test
    void resizedHasTheSameEntriesAndTheOldTableStaysAsItWas() {
        SlotTable table = chain(LAST_HOME, 6);
        remove(table, at(LAST_HOME, 2));
        SlotTable resized = table.resized();
        put(resized, at(LAST_HOME, 3), location(33));
        remove(resized, at(LAST_HOME, 4));
        for (int i = 0; i < 6; i++) {
            assertThat(get(table, at(LAST_HOME, i))).isEqualTo(i == 2 ? Location.NONE : location(i));
        }
        assertThat(resized.count()).isEqualTo(4);
        assertThat(get(resized, at(LAST_HOME, 0))).isEqualTo(location(0));
        assertThat(get(resized, at(LAST_HOME, 2))).isEqualTo(Location.NONE);
        assertThat(get(resized, at(LAST_HOME, 3))).isEqualTo(location(33));
    }

    @Test
    void splitSharesTheEntriesByTheNextBit() {
        int depth = 3;
        SlotTable table = new SlotTable(depth, 200);
        List<Hash> keys = new ArrayList<>();
        Random random = new Random(7);
        for (int i = 0; i < 150; i++) {
            keys.add(new Hash(0b101L << 61 | random.nextLong() >>> 3, random.nextLong()));
            put(table, keys.get(i), location(i));
        }
        remove(table, keys.get(0));
        SlotTable[] halves = table.split();
        assertThat(halves).hasSize(2);
        assertThat(halves[0].count() + halves[1].count()).isEqualTo(149);
        for (int i = 0; i < 150; i++) {
            int half = (int) (keys.get(i).high() >>> 60 & 1);
            long expected = i == 0 ? Location.NONE : location(i);
            assertThat(get(halves[half], keys.get(i))).as("key %d", i).isEqualTo(expected);
            assertThat(get(halves[1 - half], keys.get(i))).as("key %d", i).isEqualTo(Location.NONE);
            assertThat(get(table, keys.get(i))).as("key %d in the old table", i).isEqualTo(expected);
        }
        assertThat(halves[0].depth()).isEqualTo(depth + 1);
        assertThat(halves[1].depth()).isEqualTo(depth + 1);
    }

    @Test
    void splitOfEntriesThatAllGoOneWayLeavesAnEmptyHalf() {
        SlotTable[] halves = chain(0, 6).split();
        assertThat(halves[0].count()).isEqualTo(6);
        assertThat(halves[1].count()).isZero();
        assertThat(locations(halves[1])).isEmpty();
    }

    /** Keys that crowd a few home slots, so that chains run into each other and around the end of the table. */
    @Test
    @Tag("model")
    void crowdedTableIsAMap() {
        long seed = Seeds.next(SlotTableTest.class);
        for (int capacity : new int[] {8, 9, 21, 64}) {
            Random random = new Random(seed + capacity);
            List<Hash> keys = crowd(random);
            Map<Hash, Long> model = new HashMap<>();
            SlotTable table = new SlotTable(0, capacity);
            for (int i = 0; i < 20_000; i++) {
                Hash key = keys.get(random.nextInt(keys.size()));
                boolean grow = i / 500 % 2 == 0;
                long expected = model.getOrDefault(key, Location.NONE);
                if (random.nextInt(10) < (grow ? 7 : 3)) {
                    table = table.isFull() ? table.resized() : table;
                    assertThat(put(table, key, location(i)))
                            .as("seed %d, step %d", seed, i)
                            .isEqualTo(expected);
                    model.put(key, location(i));
                } else {
                    assertThat(remove(table, key))
                            .as("seed %d, step %d", seed, i)
                            .isEqualTo(expected);
                    model.remove(key);
                    table = table.isSparse() ? table.resized() : table;
                }
                if (i % 50 == 0) {
                    assertSame(model, table, keys, "seed " + seed + ", step " + i);
                }
            }
        }
    }

    private static List<Hash> crowd(Random random) {
        long[] homes = {0, 1, 0x4000_0000L, 0xF000_0000L, LAST_HOME};
        List<Hash> keys = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long high = homes[random.nextInt(homes.length)] << 32 | i / 4;
            // By fours they share all of the high half, and differ in the extra bits, or in the tag.
            long low = i % 4 < 2 ? (long) i << 32 : i;
            keys.add(new Hash(high, low));
        }
        return keys;
    }

    private static void assertSame(Map<Hash, Long> model, SlotTable table, List<Hash> keys, String when) {
        assertThat(table.count()).as(when).isEqualTo(model.size());
        for (Hash key : keys) {
            assertThat(get(table, key)).as(when).isEqualTo(model.getOrDefault(key, Location.NONE));
        }
        assertThat(locations(table)).as(when).containsExactlyInAnyOrderElementsOf(model.values());
    }

    private static List<Long> locations(SlotTable table) {
        List<Long> locations = new ArrayList<>();
        long[] entries = table.entries();
        for (int i = 0; i < entries.length; i += 3) {
            locations.add(entries[i + 2]);
        }
        return locations;
    }

    private static SlotTable chain(long home, int length) {
        SlotTable table = new SlotTable(0, CAPACITY);
        for (int i = 0; i < length; i++) {
            put(table, at(home, i), location(i));
        }
        return table;
    }

    private static Hash spread(int i) {
        return new Hash(i * 0x9E37_79B9_7F4A_7C15L, i);
    }

    private static long get(SlotTable table, Hash key) {
        return table.get(key.high(), key.low());
    }

    private static long put(SlotTable table, Hash key, long location) {
        return table.put(key.high(), key.low(), location);
    }

    private static long remove(SlotTable table, Hash key) {
        return table.remove(key.high(), key.low());
    }
}
