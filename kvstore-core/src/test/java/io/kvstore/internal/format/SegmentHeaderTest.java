package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentHeaderTest {
    private static final String FILE = "data/0000000012.seg";

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 60_000, Integer.MAX_VALUE})
    void headerOfItsOwnNumberAndStoreHasNoDefect(int number) {
        byte[] block = SegmentHeader.encode(number, Blocks.STORE);
        assertThat(SegmentHeader.defect(FILE, block, block.length, number, Blocks.STORE))
                .isEmpty();
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        byte[] block = SegmentHeader.encode(12, Blocks.STORE);
        ByteBuffer fields = Blocks.fields(block);
        assertThat(block).hasSize(64).hasSize(SegmentHeader.SIZE);
        assertThat(Blocks.magic(block)).isEqualTo("KVSEGMT\0");
        assertThat(fields.getInt(8)).as("version").isEqualTo(1);
        assertThat(fields.getInt(12)).as("kind").isEqualTo(1);
        assertThat(fields.getLong(16)).as("number").isEqualTo(12);
        assertThat(fields.getLong(24)).as("store id").isEqualTo(Blocks.STORE.getMostSignificantBits());
        assertThat(fields.getLong(32)).as("store id").isEqualTo(Blocks.STORE.getLeastSignificantBits());
        for (int zero = 40; zero < 60; zero += 4) {
            assertThat(fields.getInt(zero)).as("zero").isZero();
        }
        assertThat(fields.getInt(60)).as("checksum").isEqualTo(Blocks.checksum(block));
    }

    @Test
    void anyFlippedBitIsADefect() {
        byte[] block = SegmentHeader.encode(12, Blocks.STORE);
        for (int bit = 0; bit < 8 * block.length; bit++) {
            byte[] damaged = Blocks.withByteFlipped(block, bit / 8, 1 << bit % 8);
            assertThat(defect(damaged)).as("bit %d", bit).isNotEmpty();
        }
    }

    @Test
    void anyShorterFileIsADefect() {
        byte[] block = SegmentHeader.encode(12, Blocks.STORE);
        for (int length = 0; length < block.length; length++) {
            assertThat(SegmentHeader.defect(FILE, block, length, 12, Blocks.STORE))
                    .as("length %d", length)
                    .isNotEmpty();
        }
    }

    @Test
    void zerosAreADefect() {
        assertThat(defect(new byte[64])).isEqualTo("no segment magic");
    }

    @Test
    void segmentOfAnotherNumberIsADefectThatNamesIt() {
        assertThat(defect(SegmentHeader.encode(13, Blocks.STORE))).contains("segment 13");
        byte[] beyondInt = Blocks.withInt(SegmentHeader.encode(12, Blocks.STORE), 20, 1);
        assertThat(defect(beyondInt)).as("number 2^32 + 12").contains("segment 4294967308");
    }

    @Test
    void segmentOfAnotherStoreIsADefect() {
        assertThat(defect(SegmentHeader.encode(12, Blocks.OTHER_STORE))).isEqualTo("segment of another store");
        byte[] highHalf = Blocks.withInt(SegmentHeader.encode(12, Blocks.STORE), 24, 7);
        assertThat(defect(highHalf)).isEqualTo("segment of another store");
    }

    @Test
    void unknownKindIsADefect() {
        assertThat(defect(Blocks.withInt(SegmentHeader.encode(12, Blocks.STORE), 12, 2)))
                .contains("kind 2");
    }

    @Test
    void anotherFormatVersionIsRefusedByName() {
        byte[] block = Blocks.withInt(SegmentHeader.encode(12, Blocks.STORE), Blocks.VERSION, 2);
        assertThatThrownBy(() -> defect(block))
                .hasMessageContainingAll(FILE, "format version 2", "reads 1")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT);
    }

    private static String defect(byte[] block) {
        return SegmentHeader.defect(FILE, block, block.length, 12, Blocks.STORE);
    }
}
