package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.HintLayout.Head;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HintLayoutTest {
    private static final Head HEAD = new Head(12, 0x1122334455667788L, 4096, 201, 341, -5, -6);

    @Test
    void decodesWhatWasEncoded() {
        assertThat(HintLayout.decode(encode(HEAD))).isEqualTo(HEAD);
        Head extreme = new Head(Integer.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 0, 0, -1, Integer.MIN_VALUE);
        assertThat(isIntact(encode(extreme))).isTrue();
        assertThat(HintLayout.decode(encode(extreme))).isEqualTo(extreme);
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        byte[] block = encode(HEAD);
        ByteBuffer fields = Blocks.fields(block);
        assertThat(block).hasSize(64).hasSize(HintLayout.HEAD_SIZE);
        assertThat(Blocks.magic(block)).isEqualTo("KVHINTF\0");
        assertThat(fields.getInt(8)).as("version").isEqualTo(2);
        assertThat(fields.getInt(12)).as("segment").isEqualTo(12);
        assertThat(fields.getLong(16)).as("store id").isEqualTo(Blocks.STORE.getMostSignificantBits());
        assertThat(fields.getLong(24)).as("store id").isEqualTo(Blocks.STORE.getLeastSignificantBits());
        assertThat(fields.getLong(32)).as("nonce").isEqualTo(0x1122334455667788L);
        assertThat(fields.getInt(40)).as("end").isEqualTo(4096);
        assertThat(fields.getInt(44)).as("length of the description").isEqualTo(201);
        assertThat(fields.getInt(48)).as("entries").isEqualTo(341);
        assertThat(fields.getInt(52)).as("checksum of the description").isEqualTo(-5);
        assertThat(fields.getInt(56)).as("checksum of the filter").isEqualTo(-6);
        assertThat(fields.getInt(60)).as("checksum").isEqualTo(Blocks.checksum(block));
    }

    @Test
    void headOfItsOwnStoreIsIntact() {
        assertThat(isIntact(encode(HEAD))).isTrue();
    }

    @Test
    void noHeadWithAFlippedBitIsIntact() {
        byte[] block = encode(HEAD);
        for (int bit = 0; bit < 8 * block.length; bit++) {
            assertThat(isIntact(Blocks.withByteFlipped(block, bit / 8, 1 << bit % 8)))
                    .as("bit %d", bit)
                    .isFalse();
        }
    }

    @Test
    void noShorterHeadIsIntact() {
        byte[] block = encode(HEAD);
        for (int length = 0; length < block.length; length++) {
            assertThat(HintLayout.isIntact(block, length, Blocks.STORE))
                    .as("length %d", length)
                    .isFalse();
        }
    }

    @Test
    void headOfAnotherStoreIsNotIntact() {
        UUID otherHalf = new UUID(7, Blocks.STORE.getLeastSignificantBits());
        assertThat(isIntact(HEAD.encode(Blocks.OTHER_STORE))).isFalse();
        assertThat(isIntact(HEAD.encode(otherHalf))).isFalse();
    }

    @Test
    void headOfAnotherVersionIsAsGoodAsNone() {
        assertThat(isIntact(Blocks.withInt(encode(HEAD), Blocks.VERSION, 1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {44, 48})
    void negativeLengthsAreNotIntact(int offset) {
        assertThat(isIntact(Blocks.withInt(encode(HEAD), offset, -1))).isFalse();
        assertThat(isIntact(Blocks.withInt(encode(HEAD), offset, 0))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "169, 1", "170, 1", "171, 2", "340, 2", "341, 3", "2147483647, 12632257"})
    void blockHolds170Entries(int entries, int blocks) {
        assertThat(HintLayout.blocks(entries)).isEqualTo(blocks);
    }

    @Test
    void partsFollowEachOtherAlignedTo8() {
        // 64 and 201 bytes, up to 272; then 86 words; then three blocks.
        assertThat(HEAD.filterOffset()).isEqualTo(272);
        assertThat(HEAD.blocksOffset()).isEqualTo(272 + 8 * 86);
        assertThat(HEAD.blocks()).isEqualTo(3);
        assertThat(HEAD.fileLength()).isEqualTo(272 + 8 * 86 + 3 * 4096);
    }

    @Test
    void lengthOfTheLargestHintDoesNotOverflow() {
        Head largest = new Head(1, 1, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0);
        assertThat(largest.filterOffset()).isEqualTo((1L << 31) + 64);
        assertThat(largest.fileLength()).isEqualTo((1L << 31) + 64 + 8 * (1L << 29) + 12_632_257L * 4096);
    }

    @Test
    void checksumOfABlockCoversAllBehindIt() {
        byte[] bytes = new byte[3 * HintLayout.BLOCK_SIZE];
        Arrays.fill(bytes, (byte) 3);
        int checksum = HintLayout.blockChecksum(bytes, 4096);
        assertThat(checksum).isEqualTo(Blocks.checksum(bytes, 4096 + 4, 2 * 4096));
        for (int index = 4096 + 4; index < 2 * 4096; index++) {
            assertThat(HintLayout.blockChecksum(Blocks.withByteFlipped(bytes, index, 1), 4096))
                    .as("byte %d", index)
                    .isNotEqualTo(checksum);
        }
        for (int outside : new int[] {4096 - 1, 4096 + 3, 2 * 4096}) {
            assertThat(HintLayout.blockChecksum(Blocks.withByteFlipped(bytes, outside, 1), 4096))
                    .as("byte %d", outside)
                    .isEqualTo(checksum);
        }
    }

    private static byte[] encode(Head head) {
        return head.encode(Blocks.STORE);
    }

    private static boolean isIntact(byte[] block) {
        return HintLayout.isIntact(block, block.length, Blocks.STORE);
    }
}
