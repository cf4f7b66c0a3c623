package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreFileLayoutTest {
    private static final String FILE = "data/kvstore.store";
    private static final StoreFileLayout LAYOUT =
            new StoreFileLayout(Blocks.STORE, 0x1122334455667788L, -2, 1_767_225_600_000L);

    @Test
    void decodesWhatWasEncoded() {
        assertThat(decode(LAYOUT.encode())).isEqualTo(LAYOUT);
    }

    @Test
    void decodesExtremeValues() {
        StoreFileLayout extreme =
                new StoreFileLayout(new UUID(Long.MIN_VALUE, -1), Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(decode(extreme.encode())).isEqualTo(extreme);
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        byte[] block = LAYOUT.encode();
        ByteBuffer fields = Blocks.fields(block);
        assertThat(block).hasSize(64).hasSize(StoreFileLayout.SIZE);
        assertThat(Blocks.magic(block)).isEqualTo("KVSTORE\0");
        assertThat(fields.getInt(8)).as("version").isEqualTo(2);
        assertThat(fields.getInt(12)).as("zero").isZero();
        assertThat(fields.getLong(16)).as("store id").isEqualTo(Blocks.STORE.getMostSignificantBits());
        assertThat(fields.getLong(24)).as("store id").isEqualTo(Blocks.STORE.getLeastSignificantBits());
        assertThat(fields.getLong(32)).as("secret").isEqualTo(0x1122334455667788L);
        assertThat(fields.getLong(40)).as("secret").isEqualTo(-2);
        assertThat(fields.getLong(48)).as("creation time").isEqualTo(1_767_225_600_000L);
        assertThat(fields.getInt(56)).as("zero").isZero();
        assertThat(fields.getInt(60)).as("checksum").isEqualTo(Blocks.checksum(block));
    }

    @Test
    void anyFlippedBitIsDamageThatNamesTheFile() {
        byte[] block = LAYOUT.encode();
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
        byte[] block = LAYOUT.encode();
        for (int length = 0; length < block.length; length++) {
            int shorter = length;
            assertThatThrownBy(() -> StoreFileLayout.decode(FILE, block, shorter))
                    .as("length %d", length)
                    .isInstanceOf(KVCorruptionException.class)
                    .hasMessageContaining(FILE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "3", "4294967295"})
    void anotherFormatVersionIsRefusedByName(String version) {
        byte[] block = Blocks.withInt(LAYOUT.encode(), Blocks.VERSION, Integer.parseUnsignedInt(version));
        assertThatThrownBy(() -> decode(block))
                .isNotInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(FILE, "format version " + version, "reads 2")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT);
    }

    @Test
    void otherKindsOfFilesAreNoStoreFiles() {
        assertThatThrownBy(() -> decode(new SegmentHeader(SegmentHeader.KIND_LOG, 1, 0).encode(Blocks.STORE)))
                .isInstanceOf(KVCorruptionException.class);
        assertThatThrownBy(() -> decode(new CleanMarkLayout(1, 64, 0).encode(Blocks.STORE)))
                .isInstanceOf(KVCorruptionException.class);
        assertThatThrownBy(() -> decode(new byte[64])).isInstanceOf(KVCorruptionException.class);
    }

    private static StoreFileLayout decode(byte[] block) {
        return StoreFileLayout.decode(FILE, block, block.length);
    }
}
