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
                for (int i = 0; i < 60; i++) {
                    int sizeClass = i / 2;
                    boolean expires = i % 2 == 1;
                    long location = Location.of(slot, offset, sizeClass, expires);
                    assertThat(Location.slot(location)).isEqualTo(slot);
                    assertThat(Location.offset(location)).isEqualTo(offset);
                    assertThat(Location.sizeClass(location)).isEqualTo(sizeClass);
                    assertThat(Location.sizeBound(location)).isEqualTo(SizeClass.bound(sizeClass));
                    assertThat(Location.expires(location)).isEqualTo(expires);
                }
            }
        }
    }

    @Test
    void everyAlignedOffsetComesBack() {
        for (int bit = 3; bit < 29; bit++) {
            int offset = 1 << bit;
            assertThat(Location.offset(Location.of(65_535, offset, 0, false))).isEqualTo(offset);
            assertThat(Location.offset(Location.of(0, RecordLayout.OFFSET_LIMIT - offset, 0, false)))
                    .isEqualTo(RecordLayout.OFFSET_LIMIT - offset);
        }
    }

    @Test
    void lowBitsAreLeftToTheIndex() {
        for (int slot : SLOTS) {
            for (int offset : OFFSETS) {
                assertThat(Location.of(slot, offset, 29, true) & ((1L << Location.FREE_BITS) - 1))
                        .isZero();
            }
        }
    }

    @Test
    void noLocationIsNone() {
        assertThat(Location.of(0, 8, 0, false)).isNotEqualTo(Location.NONE);
    }

    @Test
    void assertsItsLimits() {
        assertThatThrownBy(() -> Location.of(65_536, 64, 0, false)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(-1, 64, 0, false)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(0, 0, 0, false)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(0, 65, 0, false)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Location.of(0, RecordLayout.OFFSET_LIMIT, 0, false))
                .isInstanceOf(AssertionError.class);
    }
}
