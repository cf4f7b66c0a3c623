package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.testing.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SortedEntriesTest {
    private static final long SEED = Seeds.next(SortedEntriesTest.class);

    private final Random random = new Random(SEED);

    /** An entry, on its own. */
    private record Entry(long high, long second, long third) {
        static Entry put(long high, long low, int bucket, int offset) {
            return new Entry(high, HintEntry.second(low, 0, false, false), HintEntry.third(bucket, offset));
        }

        Key key() {
            return new Key(high, HintEntry.low(second), HintEntry.bucket(third));
        }
    }

    private record Key(long high, long low, int bucket) {
        static final Comparator<Key> ORDER = ((Comparator<Key>) (a, b) -> Long.compareUnsigned(a.high, b.high))
                .thenComparing((a, b) -> Long.compareUnsigned(a.low, b.low))
                .thenComparingInt(Key::bucket);
    }

    private static SortedEntries sort(List<Entry> unsorted) {
        long[] longs = new long[3 * unsorted.size() + 6];
        for (int i = 0; i < unsorted.size(); i++) {
            longs[3 * i] = unsorted.get(i).high;
            longs[3 * i + 1] = unsorted.get(i).second;
            longs[3 * i + 2] = unsorted.get(i).third;
        }
        return SortedEntries.of(longs, unsorted.size());
    }

    private static List<Entry> list(SortedEntries entries) {
        List<Entry> list = new ArrayList<>();
        for (int i = 0; i < entries.count(); i++) {
            list.add(new Entry(entries.high(i), entries.second(i), entries.third(i)));
        }
        return list;
    }

    /** The last of each key, in their order; the entries are in the order of their records. */
    private static List<Entry> expected(List<Entry> unsorted) {
        Map<Key, Entry> last = new TreeMap<>(Key.ORDER);
        unsorted.forEach(entry -> last.put(entry.key(), entry));
        return List.copyOf(last.values());
    }

    private void requireSorted(List<Entry> unsorted) {
        assertThat(list(sort(unsorted)).equals(expected(unsorted)))
                .as("seed %d, %d records", SEED, unsorted.size())
                .isTrue();
    }

    private static int offset(int record) {
        return 64 + 8 * record;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 31, 32, 33, 1000, 65_536, 100_000})
    void entriesComeInTheOrderOfTheirHashesAsUnsignedNumbers(int count) {
        List<Entry> unsorted = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            unsorted.add(Entry.put(random.nextLong(), random.nextLong(), random.nextInt(3), offset(i)));
        }
        SortedEntries sorted = sort(unsorted);
        assertThat(sorted.count()).isEqualTo(count);
        requireSorted(unsorted);
    }

    @Test
    void ofEachKeyTheLastRecordIsLeft() {
        List<Entry> unsorted = new ArrayList<>();
        unsorted.add(Entry.put(7, 1, 0, 64));
        unsorted.add(new Entry(7, HintEntry.second(1, 3, true, false), HintEntry.third(0, 128)));
        unsorted.add(Entry.put(8, 1, 0, 192));
        unsorted.add(new Entry(7, HintEntry.second(1, 9, false, true), HintEntry.third(0, 256)));
        assertThat(list(sort(unsorted))).containsExactly(unsorted.get(3), unsorted.get(2));
    }

    @Test
    void keysAreToldApartByHashAndBucketAndByNothingElse() {
        List<Entry> unsorted = new ArrayList<>();
        unsorted.add(Entry.put(7, 1, 0, 64));
        unsorted.add(Entry.put(7, 1, 1, 72));
        unsorted.add(Entry.put(7, 1L << 63, 0, 80));
        unsorted.add(Entry.put(7, 3, 0, 88));
        unsorted.add(Entry.put(-7, 1, 0, 96));
        // Bits 16 to 31 of the lower half are not kept.
        unsorted.add(Entry.put(7, 1 | 1 << 20, 0, 104));
        assertThat(list(sort(unsorted)))
                .containsExactly(unsorted.get(5), unsorted.get(1), unsorted.get(3), unsorted.get(2), unsorted.get(4));
    }

    /** In the time of a sort that is not quadratic: that would take minutes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void keyThatIsWrittenByTurnsInSeveralBucketsHasItsLastRecordInEach(int buckets) {
        List<Entry> unsorted = new ArrayList<>();
        for (int i = 0; i < 300_000; i++) {
            unsorted.add(Entry.put(42, 43, i % buckets, offset(i)));
        }
        requireSorted(unsorted);
    }

    @Test
    void hashesThatCrowdOneGroupAreSorted() {
        List<Entry> unsorted = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            unsorted.add(Entry.put(random.nextLong() >>> 20, random.nextInt(4), random.nextInt(2), offset(i)));
        }
        requireSorted(unsorted);
    }

    @Test
    @Tag("model")
    void sortingIsPuttingIntoAMap() {
        for (int round = 0; round < 300; round++) {
            int hashes = 1 + random.nextInt(30);
            int buckets = 1 + random.nextInt(3);
            List<Entry> unsorted = new ArrayList<>();
            int count = random.nextInt(500);
            for (int i = 0; i < count; i++) {
                // Few hashes, in both halves of the range.
                long high = (random.nextInt(hashes) - hashes / 2L) << 40 * random.nextInt(2);
                unsorted.add(new Entry(
                        high,
                        HintEntry.second(random.nextInt(2), random.nextInt(30), random.nextBoolean(), false),
                        HintEntry.third(random.nextInt(buckets), offset(i))));
            }
            requireSorted(unsorted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 8})
    void rangesMakeUpTheWholeAndHoldNothingElse(int bits) {
        List<Entry> unsorted = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            unsorted.add(Entry.put(random.nextLong(), random.nextLong(), 0, offset(i)));
        }
        for (int number = 0; number < 1 << bits; number += 3) {
            HashRange range = new HashRange(bits, number);
            unsorted.add(Entry.put(range.first(), 1, 0, offset(unsorted.size())));
            unsorted.add(Entry.put(range.first() - 1, 1, 0, offset(unsorted.size())));
        }
        SortedEntries sorted = sort(unsorted);
        EntryRun run = new EntryRun();
        List<Entry> found = new ArrayList<>();
        for (int number = 0; number < 1 << bits; number++) {
            HashRange range = new HashRange(bits, number);
            sorted.read(range, run);
            for (int i = 0; i < run.count(); i++) {
                assertThat(range.contains(run.high(i))).as("seed %d", SEED).isTrue();
                found.add(new Entry(run.high(i), run.second(i), run.third(i)));
            }
        }
        assertThat(found).as("seed %d", SEED).isEqualTo(list(sorted));
    }

    @Test
    void rangeWithoutEntriesIsEmptyWhateverWasReadBefore() {
        SortedEntries sorted = sort(List.of(Entry.put(5, 5, 0, 64)));
        EntryRun run = new EntryRun();
        sorted.read(new HashRange(1, 0), run);
        assertThat(run.count()).isOne();
        sorted.read(new HashRange(1, 1), run);
        assertThat(run.count()).isZero();
    }
}
