package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentHeaderTest {
    private static final String FILE = "data/0000000012.seg";
    private static final long NONCE = 0x1122334455667788L;

    private static byte[] encode(int number, UUID store) {
        return new SegmentHeader(SegmentHeader.KIND_LOG, number, NONCE).encode(store);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 60_000, Integer.MAX_VALUE})
    void headerOfItsOwnNumberAndStoreHasNoDefect(int number) {
        byte[] block = encode(number, Blocks.STORE);
        assertThat(SegmentHeader.defect(FILE, block, block.length, number, Blocks.STORE))
                .isEmpty();
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        byte[] block = encode(12, Blocks.STORE);
        ByteBuffer fields = Blocks.fields(block);
        assertThat(block).hasSize(64).hasSize(SegmentHeader.SIZE);
        assertThat(Blocks.magic(block)).isEqualTo("KVSEGMT\0");
        assertThat(fields.getInt(8)).as("version").isEqualTo(2);
        assertThat(fields.getInt(12)).as("kind").isEqualTo(1);
        assertThat(fields.getLong(16)).as("number").isEqualTo(12);
        assertThat(fields.getLong(24)).as("store id").isEqualTo(Blocks.STORE.getMostSignificantBits());
        assertThat(fields.getLong(32)).as("store id").isEqualTo(Blocks.STORE.getLeastSignificantBits());
        assertThat(fields.getLong(40)).as("nonce").isEqualTo(NONCE);
        for (int zero = 48; zero < 60; zero += 4) {
            assertThat(fields.getInt(zero)).as("zero").isZero();
        }
        assertThat(fields.getInt(60)).as("checksum").isEqualTo(Blocks.checksum(block));
    }

    @Test
    void anyFlippedBitIsADefect() {
        byte[] block = encode(12, Blocks.STORE);
        for (int bit = 0; bit < 8 * block.length; bit++) {
            byte[] damaged = Blocks.withByteFlipped(block, bit / 8, 1 << bit % 8);
            assertThat(defect(damaged)).as("bit %d", bit).isNotEmpty();
        }
    }

    @Test
    void anyShorterFileIsADefect() {
        byte[] block = encode(12, Blocks.STORE);
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
        assertThat(defect(encode(13, Blocks.STORE))).contains("segment 13");
        byte[] beyondInt = Blocks.withInt(encode(12, Blocks.STORE), 20, 1);
        assertThat(defect(beyondInt)).as("number 2^32 + 12").contains("segment 4294967308");
    }

    @Test
    void segmentOfAnotherStoreIsADefect() {
        assertThat(defect(encode(12, Blocks.OTHER_STORE))).isEqualTo("segment of another store");
        byte[] highHalf = Blocks.withInt(encode(12, Blocks.STORE), 24, 7);
        assertThat(defect(highHalf)).isEqualTo("segment of another store");
    }

    @Test
    void unknownKindIsADefect() {
        for (int kind : new int[] {-1, 0, 3, 4, 256 + 1}) {
            assertThat(defect(Blocks.withInt(encode(12, Blocks.STORE), 12, kind)))
                    .contains("kind " + kind);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SegmentHeader.KIND_LOG, SegmentHeader.KIND_MERGED})
    void headerThatHasNoDefectComesBack(int kind) {
        for (long nonce : new long[] {0, 1, -1, Long.MIN_VALUE, NONCE}) {
            for (int number : new int[] {12, Integer.MAX_VALUE}) {
                SegmentHeader header = new SegmentHeader(kind, number, nonce);
                byte[] block = header.encode(Blocks.STORE);
                assertThat(SegmentHeader.defect(FILE, block, block.length, number, Blocks.STORE))
                        .isEmpty();
                assertThat(SegmentHeader.decode(block)).isEqualTo(header);
            }
        }
    }

    @Test
    void kindsAreThoseOfTheFormat() {
        assertThat(SegmentHeader.KIND_LOG).isEqualTo(1);
        assertThat(SegmentHeader.KIND_MERGED).isEqualTo(2);
    }

    @Test
    void anotherFormatVersionIsRefusedByName() {
        byte[] block = Blocks.withInt(encode(12, Blocks.STORE), Blocks.VERSION, 1);
        assertThatThrownBy(() -> defect(block))
                .hasMessageContainingAll(FILE, "format version 1", "reads 2")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT);
    }

    private static String defect(byte[] block) {
        return SegmentHeader.defect(FILE, block, block.length, 12, Blocks.STORE);
    }
}
