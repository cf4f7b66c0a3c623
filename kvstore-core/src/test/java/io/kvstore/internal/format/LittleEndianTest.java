package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class LittleEndianTest {
    private final byte[] bytes = new byte[32];
    private final ByteBuffer reference = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void writesTheLeastSignificantByteFirstAtAnyAlignment() {
        for (int index = 0; index < 16; index++) {
            LittleEndian.putLong(bytes, index, 0x8877665544332211L);
            assertThat(reference.getLong(index)).isEqualTo(0x8877665544332211L);
            assertThat(bytes[index]).isEqualTo((byte) 0x11);
            LittleEndian.putInt(bytes, index, 0xF4332211);
            assertThat(reference.getInt(index)).isEqualTo(0xF4332211);
            LittleEndian.putShort(bytes, index, 0xF211);
            assertThat(reference.getShort(index)).isEqualTo((short) 0xF211);
        }
    }

    @Test
    void readsWhatWasWrittenAtAnyAlignment() {
        for (int index = 0; index < 16; index++) {
            reference.putLong(index, Long.MIN_VALUE + index);
            assertThat(LittleEndian.getLong(bytes, index)).isEqualTo(Long.MIN_VALUE + index);
            reference.putInt(index, -5 - index);
            assertThat(LittleEndian.getInt(bytes, index)).isEqualTo(-5 - index);
            reference.putShort(index, (short) 65_535);
            assertThat(LittleEndian.getUnsignedShort(bytes, index)).isEqualTo(65_535);
        }
    }

    @Test
    void refusesToLeaveTheArray() {
        assertThatThrownBy(() -> LittleEndian.getLong(bytes, 25)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LittleEndian.getInt(bytes, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LittleEndian.putShort(bytes, 31, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
