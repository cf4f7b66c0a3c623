package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class CleanMarkLayoutTest {
    private static final String FILE = "data/kvstore.clean";
    private static final CleanMarkLayout MARK = new CleanMarkLayout(12, 4096, 1L << 40);

    @Test
    void decodesWhatWasEncoded() {
        assertThat(decode(MARK.encode(Blocks.STORE))).isEqualTo(MARK);
    }

    @Test
    void decodesExtremeValues() {
        CleanMarkLayout extreme = new CleanMarkLayout(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
        assertThat(decode(extreme.encode(Blocks.STORE))).isEqualTo(extreme);
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        byte[] block = MARK.encode(Blocks.STORE);
        ByteBuffer fields = Blocks.fields(block);
        assertThat(block).hasSize(64).hasSize(CleanMarkLayout.SIZE);
        assertThat(Blocks.magic(block)).isEqualTo("KVCLEAN\0");
        assertThat(fields.getInt(8)).as("version").isEqualTo(2);
        assertThat(fields.getInt(12)).as("segment").isEqualTo(12);
        assertThat(fields.getInt(16)).as("end").isEqualTo(4096);
        assertThat(fields.getInt(20)).as("zero").isZero();
        assertThat(fields.getLong(24)).as("sequence").isEqualTo(1L << 40);
        assertThat(fields.getLong(32)).as("store id").isEqualTo(Blocks.STORE.getMostSignificantBits());
        assertThat(fields.getLong(40)).as("store id").isEqualTo(Blocks.STORE.getLeastSignificantBits());
        assertThat(fields.getLong(48)).as("zero").isZero();
        assertThat(fields.getInt(56)).as("zero").isZero();
        assertThat(fields.getInt(60)).as("checksum").isEqualTo(Blocks.checksum(block));
    }

    @Test
    void anyFlippedBitIsDamageThatNamesTheFile() {
        byte[] block = MARK.encode(Blocks.STORE);
        for (int bit = 0; bit < 8 * block.length; bit++) {
            byte[] damaged = Blocks.withByteFlipped(block, bit / 8, 1 << bit % 8);
            assertThatThrownBy(() -> decode(damaged))
                    .as("bit %d", bit)
                    .isInstanceOf(KVCorruptionException.class)
                    .hasMessageContainingAll(FILE, "offset 0");
        }
    }

    @Test
    void anyShorterFileIsDamage() {
        byte[] block = MARK.encode(Blocks.STORE);
        for (int length = 0; length < block.length; length++) {
            int shorter = length;
            assertThatThrownBy(() -> CleanMarkLayout.decode(FILE, block, shorter, Blocks.STORE))
                    .as("length %d", length)
                    .isInstanceOf(KVCorruptionException.class)
                    .hasMessageContaining(FILE);
        }
    }

    @Test
    void markOfAnotherStoreIsDamage() {
        byte[] lowHalf = MARK.encode(Blocks.OTHER_STORE);
        assertThatThrownBy(() -> decode(lowHalf))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(FILE, "another store");
        byte[] highHalf = Blocks.withInt(MARK.encode(Blocks.STORE), 36, 7);
        assertThatThrownBy(() -> decode(highHalf))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(FILE, "another store");
    }

    @Test
    void anotherFormatVersionIsRefusedByName() {
        byte[] block = Blocks.withInt(MARK.encode(Blocks.STORE), Blocks.VERSION, 1);
        assertThatThrownBy(() -> decode(block))
                .hasMessageContainingAll(FILE, "format version 1", "reads 2")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT);
    }

    private static CleanMarkLayout decode(byte[] block) {
        return CleanMarkLayout.decode(FILE, block, block.length, Blocks.STORE);
    }
}
