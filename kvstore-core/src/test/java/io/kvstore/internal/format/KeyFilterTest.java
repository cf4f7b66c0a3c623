package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFilterTest {
    private static final long SEED = Seeds.next(KeyFilterTest.class);

    /** A filter with some keys of the seed in it. */
    private static KeyFilter filled(int keys) {
        KeyFilter filter = KeyFilter.forKeys(keys);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < keys; i++) {
            filter.add(random.nextLong(), random.nextLong());
        }
        return filter;
    }

    private static int found(KeyFilter filter, long seed, int keys) {
        SplittableRandom random = new SplittableRandom(seed);
        int found = 0;
        for (int i = 0; i < keys; i++) {
            found += filter.mayContain(random.nextLong(), random.nextLong()) ? 1 : 0;
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 170, 100_000})
    void everyKeyThatWasAddedPassesAlsoAfterStoring(int keys) {
        KeyFilter filter = filled(keys);
        assertThat(found(filter, SEED, keys)).as("seed %d", SEED).isEqualTo(keys);
        assertThat(found(KeyFilter.decode(filter.encode()), SEED, keys))
                .as("seed %d, stored", SEED)
                .isEqualTo(keys);
    }

    /** The Javadoc says 1 of 300; 1 of 200 leaves room for chance. */
    @Test
    void fewKeysPassThatWereNotAdded() {
        assertThat(found(filled(100_000), ~SEED, 100_000)).as("seed %d", SEED).isBetween(1, 500);
    }

    @Test
    void nothingPassesAnEmptyFilter() {
        assertThat(found(KeyFilter.forKeys(0), SEED, 1000)).isZero();
        assertThat(found(KeyFilter.forKeys(1000), SEED, 1000)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "3, 1", "4, 2", "341, 86", "2147483647, 536870912"})
    void filterHasAWordForFourKeysAndOneMore(int keys, int words) {
        assertThat(KeyFilter.words(keys)).isEqualTo(words);
    }

    @Test
    void bitsStandWhereTheFormatSays() {
        KeyFilter filter = KeyFilter.forKeys(4);
        // The upper of two words; the bits that 1, 2, 3, 4 and 5 name, in groups of six from the top.
        filter.add(Long.MIN_VALUE, 1L << 58 | 2L << 52 | 3L << 46 | 4L << 40 | 5L << 34);
        byte[] bytes = filter.encode();
        assertThat(bytes).hasSize(16);
        assertThat(Blocks.fields(bytes).getLong(0)).isZero();
        assertThat(Blocks.fields(bytes).getLong(8)).isEqualTo(0b111110);
    }

    @Test
    void bitsThatHintsDoNotKeepMakeNoDifference() {
        KeyFilter filter = KeyFilter.forKeys(100);
        filter.add(5, -1);
        assertThat(filter.mayContain(5, -1L << 32)).isTrue();
    }

    @Test
    void wordsGoInTheOrderOfTheHashes() {
        KeyFilter filter = KeyFilter.forKeys(1000);
        filter.add(0, 0);
        filter.add(-1, 0);
        byte[] bytes = filter.encode();
        assertThat(bytes[0]).isOne();
        assertThat(bytes[bytes.length - 8]).isOne();
    }
}
