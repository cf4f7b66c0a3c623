package io.kvstore.internal.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import org.junit.jupiter.api.Test;

class LocationTest {
    private static final int[] SLOTS = {0, 1, 255, 32_767, 32_768, 59_999, 65_535};
    private static final int[] OFFSETS = {8, SegmentHeader.SIZE, 72, 1 << 20, RecordLayout.OFFSET_LIMIT - 8};

    @Test
    void partsComeBackAtAllLimits() {
        for (int slot : SLOTS) {
            for (int offset : OFFSETS) {
                for (int sizeClass = 0; sizeClass <= 29; sizeClass++) {
                    long location = Location.of(slot, offset, SizeClass.bound(sizeClass));
                    assertThat(Location.slot(location)).isEqualTo(slot);
                    assertThat(Location.offset(location)).isEqualTo(offset);
                    assertThat(Location.sizeClass(location)).isEqualTo(sizeClass);
                }
            }
        }
    }

    @Test
    void everyAlignedOffsetComesBack() {
        for (int bit = 3; bit < 29; bit++) {
            int offset = 1 << bit;
            assertThat(Location.offset(Location.of(65_535, offset, 32))).isEqualTo(offset);
            assertThat(Location.offset(Location.of(0, RecordLayout.OFFSET_LIMIT - offset, 32)))
                    .isEqualTo(RecordLayout.OFFSET_LIMIT - offset);
        }
    }

    @Test
    void lowBitsAreLeftToTheIndex() {
        for (int slot : SLOTS) {
            for (int offset : OFFSETS) {
                assertThat(Location.of(slot, offset, 2L << 30) & ((1L << Location.FREE_BITS) - 1))
                        .isZero();
            }
        }
    }

    @Test
    void noLocationIsNone() {
        assertThat(Location.of(0, 8, 0)).isNotEqualTo(Location.NONE);
    }

    @Test
    void assertsItsLimits() {
        assertThatThrownBy(() -> Location.of(65_536, 64, 32)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(-1, 64, 32)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(0, 0, 32)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(0, 65, 32)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(0, RecordLayout.OFFSET_LIMIT, 32)).isInstanceOf(AssertionError.class);
    }
}
