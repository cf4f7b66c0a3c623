package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVOptions;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SizeClassTest {
    private static final int LARGEST = 29;

    @Test
    void classIsTheSmallestWhoseBoundReachesTheSize() {
        int expected = 0;
        for (int size = 1; size <= 4 << 20; size++) {
            if (size > SizeClass.bound(expected)) {
                expected++;
            }
            // Plain checks: an AssertJ assertion for each of four million sizes takes seconds.
            int sizeClass = SizeClass.of(size);
            if (sizeClass != expected) {
                assertThat(sizeClass).as("class of %d bytes", size).isEqualTo(expected);
            }
        }
        assertThat(SizeClass.bound(expected)).isEqualTo(4 << 20);
    }

    @Test
    void classesOfLargeRecordsEndAtTheirBounds() {
        for (int sizeClass = 1; sizeClass <= LARGEST; sizeClass++) {
            long bound = SizeClass.bound(sizeClass);
            assertThat(SizeClass.of(bound)).as("class of %d bytes", bound).isEqualTo(sizeClass);
            assertThat(SizeClass.of(bound - 1))
                    .as("class of %d bytes", bound - 1)
                    .isEqualTo(sizeClass);
            assertThat(SizeClass.of(SizeClass.bound(sizeClass - 1) + 1)).isEqualTo(sizeClass);
        }
    }

    @Test
    void boundsAreThoseOfTheFormat() {
        assertThat(IntStream.range(0, 11).mapToLong(SizeClass::bound))
                .containsExactly(32L, 48L, 64L, 96L, 128L, 192L, 256L, 512L, 1024L, 2048L, 4096L);
        assertThat(SizeClass.bound(LARGEST)).isEqualTo(2L << 30);
    }

    @Test
    void largestRecordHasAClass() {
        long largest =
                RecordLayout.size(RecordLayout.FLAG_EXPIRY, RecordLayout.MAX_KEY_LENGTH, KVOptions.MAX_VALUE_SIZE);
        assertThat(SizeClass.of(largest)).isEqualTo(LARGEST);
        assertThat(SizeClass.bound(LARGEST)).isGreaterThanOrEqualTo(largest);
    }

    @Test
    void smallestSizesAreInTheFirstClass() {
        assertThat(SizeClass.of(0)).isZero();
        assertThat(SizeClass.of(1)).isZero();
        assertThat(SizeClass.of(32)).isZero();
        assertThat(SizeClass.of(33)).isEqualTo(1);
    }
}
