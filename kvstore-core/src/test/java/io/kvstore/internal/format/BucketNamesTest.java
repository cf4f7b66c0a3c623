package io.kvstore.internal.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\0", "audit", "Müller", "日本語", "a/b\\..", "\uD83D\uDD11", "\uFEFF"})
    void nameComesBackFromItsBytes(String name) {
        byte[] bytes = BucketNames.encode(name);
        assertThat(bytes).isEqualTo(name.getBytes(UTF_8));
        assertThat(BucketNames.decode(bytes, 0, bytes.length)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 254, 255})
    void namesOfOneTo255BytesAreAllowed(int length) {
        String name = "x".repeat(length);
        byte[] bytes = BucketNames.encode(name);
        assertThat(bytes).hasSize(length);
        assertThat(BucketNames.decode(bytes, 0, length)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256, 257, 100_000})
    void shorterAndLongerNamesAreNot(int length) {
        assertThat(BucketNames.encode("x".repeat(length))).isNull();
        assertThat(BucketNames.decode(new byte[length], 0, length)).isNull();
    }

    @Test
    void theLimitCountsBytesNotCharacters() {
        assertThat(BucketNames.encode("é".repeat(127) + "x")).hasSize(255);
        assertThat(BucketNames.encode("é".repeat(128)))
                .as("128 letters, 256 bytes")
                .isNull();
        assertThat(BucketNames.encode("日".repeat(85))).hasSize(255);
        assertThat(BucketNames.encode("日".repeat(86)))
                .as("86 letters, 258 bytes")
                .isNull();
        assertThat(BucketNames.encode("\uD83D\uDD11".repeat(63) + "xyz")).hasSize(255);
        assertThat(BucketNames.encode("\uD83D\uDD11".repeat(64))).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
    void halfASurrogatePairIsNoName(int half) {
        // Built here: a lone surrogate does not survive as an argument of a parameterised test.
        String surrogate = String.valueOf((char) half);
        assertThat(BucketNames.encode(surrogate)).isNull();
        assertThat(BucketNames.encode("a" + surrogate)).isNull();
        assertThat(BucketNames.encode(surrogate + "a")).isNull();
    }

    @Test
    void surrogatesInTheWrongOrderAreNoName() {
        assertThat(BucketNames.encode("\uDD11\uD83D")).isNull();
    }

    @Test
    void bytesThatAreNotStrictUtf8AreNoName() {
        assertThat(decode(0xFF)).isNull();
        assertThat(decode(0x80)).as("a continuation alone").isNull();
        assertThat(decode(0xC3)).as("cut off").isNull();
        assertThat(decode(0xC0, 0x80)).as("overlong").isNull();
        assertThat(decode(0xED, 0xA0, 0x80)).as("a surrogate, encoded").isNull();
        assertThat(decode(0xF4, 0x90, 0x80, 0x80)).as("beyond Unicode").isNull();
    }

    @Test
    void differentNamesHaveDifferentBytes() {
        assertThat(BucketNames.encode("\u00E9"))
                .as("composed and decomposed are two names")
                .isNotEqualTo(BucketNames.encode("e\u0301"));
    }

    @Test
    void decodesFromTheMiddleOfAnArray() {
        byte[] bytes = "..audit..".getBytes(UTF_8);
        assertThat(BucketNames.decode(bytes, 2, 5)).isEqualTo("audit");
    }

    private static String decode(int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return BucketNames.decode(array, 0, array.length);
    }
}
