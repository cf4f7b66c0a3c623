package io.kvstore.internal.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.format.ManifestLayout.ListedBucket;
import io.kvstore.internal.format.ManifestLayout.ListedSegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestLayoutTest {
    private static final String FILE = "data/kvstore.manifest";
    private static final ManifestLayout MANIFEST = new ManifestLayout(
            12,
            1L << 40,
            List.of(new ListedSegment(7, 4096, 1L << 33), new ListedSegment(3, 96, 0)),
            9,
            List.of(new ListedBucket(2, "é", true), new ListedBucket(9, "b", false)));

    @Test
    void decodesWhatWasEncoded() {
        assertThat(decode(encode(MANIFEST))).isEqualTo(MANIFEST);
    }

    @Test
    void manifestOfANewStoreListsNothing() {
        ManifestLayout initial = ManifestLayout.initial(1);
        assertThat(decode(encode(initial))).isEqualTo(initial);
        assertThat(initial).isEqualTo(new ManifestLayout(1, 0, List.of(), 0, List.of()));
    }

    @Test
    void decodesExtremeValues() {
        ManifestLayout extreme = new ManifestLayout(
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                List.of(new ListedSegment(Integer.MAX_VALUE - 1, Integer.MAX_VALUE, Long.MAX_VALUE)),
                Integer.MAX_VALUE,
                List.of(new ListedBucket(Integer.MAX_VALUE, "x".repeat(BucketNames.MAX_LENGTH), true)));
        assertThat(decode(encode(extreme))).isEqualTo(extreme);
    }

    @Test
    void aStoreOfAllTheSegmentsThatThereCanBeComesBackInOrder() {
        List<ListedSegment> segments = new ArrayList<>();
        List<ListedBucket> buckets = new ArrayList<>();
        for (int i = 1; i <= 60_000; i++) {
            segments.add(new ListedSegment(60_001 - i, 64 + i, 3L * i));
            buckets.add(new ListedBucket(i, "x".repeat(1 + i % 255), i % 3 == 0));
        }
        ManifestLayout large = new ManifestLayout(60_001, 1, segments, 60_000, buckets);
        assertThat(decode(encode(large)).equals(large)).isTrue();
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        byte[] bytes = encode(MANIFEST);
        ByteBuffer fields = Blocks.fields(bytes);
        assertThat(bytes).hasSize(64 + 2 * 16 + 8 + 7 + 4);
        assertThat(Blocks.magic(bytes)).isEqualTo("KVMANIF\0");
        assertThat(fields.getInt(8)).as("version").isEqualTo(2);
        assertThat(fields.getInt(12)).as("tail").isEqualTo(12);
        assertThat(fields.getLong(16)).as("store id").isEqualTo(Blocks.STORE.getMostSignificantBits());
        assertThat(fields.getLong(24)).as("store id").isEqualTo(Blocks.STORE.getLeastSignificantBits());
        assertThat(fields.getLong(32)).as("sequence before the tail").isEqualTo(1L << 40);
        assertThat(fields.getInt(40)).as("segments").isEqualTo(2);
        assertThat(fields.getInt(44)).as("buckets").isEqualTo(2);
        assertThat(fields.getInt(48)).as("highest bucket id").isEqualTo(9);
        assertThat(fields.getInt(52)).as("length").isEqualTo(bytes.length);
        assertThat(fields.getInt(56)).as("zero").isZero();
        assertThat(fields.getInt(60)).as("checksum").isEqualTo(Blocks.checksum(bytes));
    }

    @Test
    void listsStandWhereTheFormatSays() {
        byte[] bytes = encode(MANIFEST);
        ByteBuffer fields = Blocks.fields(bytes);
        assertThat(fields.getInt(64)).as("number").isEqualTo(7);
        assertThat(fields.getInt(68)).as("end").isEqualTo(4096);
        assertThat(fields.getLong(72)).as("base").isEqualTo(1L << 33);
        assertThat(fields.getInt(80)).as("number").isEqualTo(3);
        assertThat(fields.getInt(96)).as("bucket id").isEqualTo(2);
        assertThat(bytes[100]).as("written").isOne();
        assertThat(bytes[101]).as("length of the name").isEqualTo((byte) 2);
        assertThat(new String(bytes, 102, 2, UTF_8)).isEqualTo("é");
        assertThat(fields.getInt(104)).as("bucket id").isEqualTo(9);
        assertThat(bytes[108]).as("written").isZero();
        assertThat(fields.getInt(bytes.length - 4))
                .as("checksum")
                .isEqualTo(Blocks.checksum(bytes, 64, bytes.length - 4));
    }

    @Test
    void anyFlippedBitIsDamageThatNamesTheFile() {
        byte[] bytes = encode(MANIFEST);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            requireDamage(Blocks.withByteFlipped(bytes, bit / 8, 1 << bit % 8), "bit " + bit);
        }
    }

    @Test
    void anyOtherLengthIsDamage() {
        byte[] bytes = encode(MANIFEST);
        for (int length = 0; length < bytes.length + 9; length++) {
            if (length != bytes.length) {
                requireDamage(Arrays.copyOf(bytes, length), "length " + length);
            }
        }
    }

    private static void requireDamage(byte[] bytes, String what) {
        assertThatThrownBy(() -> decode(bytes))
                .as(what)
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(FILE, "offset");
    }

    @Test
    void manifestOfAnotherStoreIsDamage() {
        byte[] lowHalf = MANIFEST.encode(Blocks.OTHER_STORE);
        byte[] highHalf = Blocks.withInt(encode(MANIFEST), 20, 7);
        for (byte[] bytes : List.of(lowHalf, highHalf)) {
            assertThatThrownBy(() -> decode(bytes))
                    .isInstanceOf(KVCorruptionException.class)
                    .hasMessageContainingAll(FILE, "another store");
        }
    }

    @Test
    void nameThatIsNoUtf8IsDamageThatTellsWhere() {
        byte[] bytes = encode(MANIFEST);
        bytes[102] = (byte) 0xFF;
        Blocks.fields(bytes).putInt(bytes.length - 4, Blocks.checksum(bytes, 64, bytes.length - 4));
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(FILE, "offset 96", "UTF-8");
    }

    @Test
    void anotherFormatVersionIsRefusedByName() {
        byte[] bytes = Blocks.withInt(encode(MANIFEST), Blocks.VERSION, 1);
        assertThatThrownBy(() -> decode(bytes))
                .hasMessageContainingAll(FILE, "format version 1", "reads 2")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.UNSUPPORTED_FORMAT);
    }

    private static byte[] encode(ManifestLayout manifest) {
        return manifest.encode(Blocks.STORE);
    }

    private static ManifestLayout decode(byte[] bytes) {
        return ManifestLayout.decode(FILE, bytes, Blocks.STORE);
    }
}
