package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SegmentSizesTest {
    private static final int MIB = 1 << 20;

    private final SegmentSizes sizes = new SegmentSizes(64 * MIB);

    @Test
    void segmentsOfASmallLogAreSmall() {
        assertThat(sizes.of(0)).isEqualTo(8 * MIB);
        assertThat(sizes.of(256L * MIB - 1)).isEqualTo(8 * MIB);
        assertThat(sizes.of(640L * MIB)).isEqualTo(20 * MIB);
    }

    @Test
    void largeLogHasSegmentsOfTheSizeThatWasAskedFor() {
        assertThat(sizes.of(2048L * MIB)).isEqualTo(64 * MIB);
        assertThat(sizes.of(Long.MAX_VALUE)).isEqualTo(64 * MIB);
    }

    @Test
    void sizeThatIsSmallAnywayIsTakenAtItsWord() {
        assertThat(new SegmentSizes(1024).of(0)).isEqualTo(1024);
        assertThat(new SegmentSizes(1024).of(1L << 40)).isEqualTo(1024);
    }

    @Test
    void segmentsOfFastWritersLastAWhile() {
        assertThat(sizes.forWriters(0, 8 * MIB, 1_000_000_000, 1000)).isEqualTo(8 * MIB);
        assertThat(sizes.forWriters(0, 8 * MIB, 10_000_000, 1000)).isEqualTo(40 * MIB);
        assertThat(sizes.forWriters(0, 8 * MIB, 1, 1000)).isEqualTo(64 * MIB);
        assertThat(sizes.forWriters(1024L * MIB, 8 * MIB, 1_000_000_000, 1000)).isEqualTo(32 * MIB);
    }

    @Test
    void largeWritesFindRoomSeveralTimes() {
        assertThat(sizes.forWriters(0, 10 * MIB, 1_000_000_000, 10 * MIB)).isEqualTo(40 * MIB);
        assertThat(sizes.forWriters(0, 50 * MIB, 1_000_000_000, 50 * MIB)).isEqualTo(64 * MIB);
    }

    @Test
    void sizesInBetweenAreWholeHugePages() {
        for (long log = 0; log < 4096L * MIB; log += 12_345_678) {
            assertThat(sizes.of(log) % (2 * MIB))
                    .as("size for a log of %d bytes", log)
                    .isZero();
        }
    }
}
