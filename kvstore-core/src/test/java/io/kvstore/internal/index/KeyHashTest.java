package io.kvstore.internal.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHashTest {
    private static final byte[] REFERENCE_KEY = sequence(16);

    /**
     * The vectors that the authors of SipHash publish for 128 bits of SipHash-2-4: the key 00 to 0f, the input 00 ...
     */
    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4",
        "7, a1f1ebbed8dbc153c0b84aa61ff08239",
        "8, 3b62a9ba6258f5610f83e264f31497b4",
        "9, 264499060ad9baabc47f8b02bb6d71ed",
        "15, 5493e99933b0a8117e08ec0f97cfc3d9",
        "16, 6ee2a4ca67b054bbfd3315bf85230577",
        "63, 5150d1772f50834a503e069a973fbd7c"
    })
    void theReferenceOfThisTestIsSipHash(int length, String expected) {
        byte[] hash = sipHash128(2, 4, REFERENCE_KEY, sequence(length));
        assertThat(HexFormat.of().formatHex(hash)).isEqualTo(expected);
    }

    @Test
    void hashIsSipHash13ForAllLengthsAndOffsets() {
        long seed = Seeds.next(KeyHashTest.class);
        Random random = new Random(seed);
        for (int length = 0; length <= 64; length++) {
            for (int offset = 0; offset < 16; offset++) {
                byte[] bytes = new byte[offset + length + 9];
                random.nextBytes(bytes);
                byte[] secret = new byte[16];
                random.nextBytes(secret);
                byte[] key = Arrays.copyOfRange(bytes, offset, offset + length);
                Hash expected = reference(secret, key);
                KeyHash hash = keyHash(secret);
                assertThat(hash.hash(bytes, offset, length))
                        .as("seed %d, length %d, offset %d", seed, length, offset)
                        .isEqualTo(expected);
                assertThat(hash.hash(key))
                        .as("seed %d, length %d", seed, length)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"255", "256", "257", "1023", "65535"})
    void hashIsSipHash13ForLongKeysToo(int length) {
        byte[] key = sequence(length);
        assertThat(keyHash(REFERENCE_KEY).hash(key)).isEqualTo(reference(REFERENCE_KEY, key));
    }

    @Test
    void keysOfZerosDifferByTheirLength() {
        KeyHash hash = new KeyHash(0, 0);
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(length -> hash.hash(new byte[length]))
                        .distinct())
                .hasSize(1000);
    }

    @Test
    void hashDependsOnBothHalvesOfTheSecret() {
        byte[] key = sequence(16);
        assertThat(new KeyHash(1, 2).hash(key)).isNotEqualTo(new KeyHash(1, 3).hash(key));
        assertThat(new KeyHash(1, 2).hash(key)).isNotEqualTo(new KeyHash(3, 2).hash(key));
    }

    private static KeyHash keyHash(byte[] secret) {
        ByteBuffer halves = ByteBuffer.wrap(secret).order(ByteOrder.LITTLE_ENDIAN);
        return new KeyHash(halves.getLong(0), halves.getLong(8));
    }

    private static Hash reference(byte[] secret, byte[] key) {
        ByteBuffer halves = ByteBuffer.wrap(sipHash128(1, 3, secret, key)).order(ByteOrder.LITTLE_ENDIAN);
        return new Hash(halves.getLong(0), halves.getLong(8));
    }

    private static byte[] sequence(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** SipHash-c-d with 128 bits of output, as the paper and its reference code say it, without thought of speed. */
    private static byte[] sipHash128(int c, int d, byte[] secret, byte[] message) {
        ByteBuffer halves = ByteBuffer.wrap(secret).order(ByteOrder.LITTLE_ENDIAN);
        long[] v = {
            halves.getLong(0) ^ 0x736f6d6570736575L,
            halves.getLong(8) ^ 0x646f72616e646f6dL ^ 0xee,
            halves.getLong(0) ^ 0x6c7967656e657261L,
            halves.getLong(8) ^ 0x7465646279746573L
        };
        byte[] padded = Arrays.copyOf(message, message.length / 8 * 8 + 8);
        padded[padded.length - 1] = (byte) message.length;
        ByteBuffer words = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            long word = words.getLong();
            v[3] ^= word;
            rounds(c, v);
            v[0] ^= word;
        }
        ByteBuffer output = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        v[2] ^= 0xee;
        rounds(d, v);
        output.putLong(v[0] ^ v[1] ^ v[2] ^ v[3]);
        v[1] ^= 0xdd;
        rounds(d, v);
        output.putLong(v[0] ^ v[1] ^ v[2] ^ v[3]);
        return output.array();
    }

    private static void rounds(int count, long[] v) {
        for (int i = 0; i < count; i++) {
            v[0] += v[1];
            v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
            v[0] = Long.rotateLeft(v[0], 32);
            v[2] += v[3];
            v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
            v[0] += v[3];
            v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
            v[2] += v[1];
            v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
            v[2] = Long.rotateLeft(v[2], 32);
        }
    }
}
