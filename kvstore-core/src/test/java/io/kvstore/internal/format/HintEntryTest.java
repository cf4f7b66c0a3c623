package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HintEntryTest {
    private static final long LOW = 0x1234_5678_9ABC_DEF0L;

    /** All that the index compares: bits 32 to 63, and 0 to 15. */
    private static final long COMPARED = 0xFFFF_FFFF_0000_FFFFL;

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, LOW, 1, 1L << 15, 1L << 32, ~COMPARED})
    void whatTheIndexComparesComesBackWhateverStandsBesideIt(long low) {
        for (int sizeClass = 0; sizeClass < 30; sizeClass++) {
            for (int flags = 0; flags < 4; flags++) {
                long second = HintEntry.second(low, sizeClass, (flags & 1) != 0, (flags & 2) != 0);
                assertThat(HintEntry.low(second)).isEqualTo(low & COMPARED);
                assertThat(HintEntry.sizeClass(second)).isEqualTo(sizeClass);
                assertThat(HintEntry.isTombstone(second)).isEqualTo((flags & 1) != 0);
                assertThat(HintEntry.expires(second)).isEqualTo((flags & 2) != 0);
            }
        }
    }

    @Test
    void bitsThatAreNotComparedLeaveNoTrace() {
        for (int bit = 16; bit < 32; bit++) {
            assertThat(HintEntry.second(LOW ^ 1L << bit, 5, true, false))
                    .isEqualTo(HintEntry.second(LOW, 5, true, false));
        }
    }

    @Test
    void bitsStandWhereTheFormatSays() {
        assertThat(HintEntry.second(LOW, 0x1D, true, false)).isEqualTo(0x1234_5678_DEF0_1D01L);
        assertThat(HintEntry.second(LOW, 0x1D, false, true)).isEqualTo(0x1234_5678_DEF0_1D02L);
        assertThat(HintEntry.third(0x0102_0304, 0x40)).isEqualTo(0x0102_0304_0000_0008L);
    }

    @ParameterizedTest
    @ValueSource(ints = {SegmentHeader.SIZE, 72, 1 << 20, RecordLayout.OFFSET_LIMIT - 8})
    void bucketAndOffsetComeBack(int offset) {
        for (int bucket : new int[] {0, 1, 255, 1 << 20, Integer.MAX_VALUE}) {
            long third = HintEntry.third(bucket, offset);
            assertThat(HintEntry.bucket(third)).isEqualTo(bucket);
            assertThat(HintEntry.offset(third)).isEqualTo(offset);
        }
    }

    @Test
    void laterRecordOfAKeyIsTheGreaterNumber() {
        assertThat(HintEntry.third(7, 72)).isGreaterThan(HintEntry.third(7, 64));
        assertThat(HintEntry.third(8, 64)).isGreaterThan(HintEntry.third(7, RecordLayout.OFFSET_LIMIT - 8));
    }
}
