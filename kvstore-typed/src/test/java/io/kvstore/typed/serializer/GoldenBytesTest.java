package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes and ids that stores out there hold. A line here is never changed. */
@Tag("format")
class GoldenBytesTest {
    private enum Level {
        LOW,
        HIGH
    }

    record Golden<T>(String id, Serializer<T> serializer, T value, String hex) {
        @Override
        public String toString() {
            return id + " " + value;
        }
    }

    static Stream<Golden<?>> golden() {
        return Stream.of(
                new Golden<>("string", Serializers.of(String.class), "", ""),
                new Golden<>("string", Serializers.ofString(), "aé€😀", "61c3a9e282acf09f9880"),
                new Golden<>("bytes", Serializers.of(byte[].class), new byte[] {0, -1}, "00ff"),
                new Golden<>("boolean", Serializers.of(Boolean.class), true, "01"),
                new Golden<>("boolean", Serializers.of(boolean.class), false, "00"),
                new Golden<>("byte", Serializers.of(Byte.class), (byte) -1, "7f"),
                new Golden<>("short", Serializers.of(Short.class), (short) 258, "8102"),
                new Golden<>("integer", Serializers.of(Integer.class), -2, "7ffffffe"),
                new Golden<>("integer", Serializers.of(int.class), 1, "80000001"),
                new Golden<>("long", Serializers.of(Long.class), 0x0102030405060708L, "8102030405060708"),
                new Golden<>("long", Serializers.of(long.class), -1L, "7fffffffffffffff"),
                new Golden<>("float", Serializers.of(Float.class), 1.5f, "bfc00000"),
                new Golden<>("float", Serializers.ofFloat(), -1.5f, "403fffff"),
                new Golden<>("double", Serializers.of(Double.class), 1.5, "bff8000000000000"),
                new Golden<>("double", Serializers.ofDouble(), -1.5, "4007ffffffffffff"),
                new Golden<>("double", Serializers.ofDouble(), 0.0, "8000000000000000"),
                new Golden<>("double", Serializers.ofDouble(), -0.0, "7fffffffffffffff"),
                new Golden<>("double", Serializers.ofDouble(), Double.NaN, "fff8000000000000"),
                new Golden<>("character", Serializers.of(Character.class), 'é', "00e9"),
                new Golden<>(
                        "uuid",
                        Serializers.of(UUID.class),
                        UUID.fromString("01234567-89ab-cdef-8123-456789abcdef"),
                        "0123456789abcdef8123456789abcdef"),
                new Golden<>("big-integer", Serializers.of(BigInteger.class), BigInteger.ZERO, "80"),
                new Golden<>("big-integer", Serializers.ofBigInteger(), BigInteger.valueOf(255), "81ff"),
                new Golden<>("big-integer", Serializers.ofBigInteger(), BigInteger.valueOf(256), "820100"),
                new Golden<>("big-integer", Serializers.ofBigInteger(), BigInteger.valueOf(-1), "7ffe"),
                new Golden<>(
                        "big-integer",
                        Serializers.ofBigInteger(),
                        BigInteger.ONE.shiftLeft(8 * 119),
                        "f87801" + "00".repeat(119)),
                new Golden<>("big-decimal", Serializers.of(BigDecimal.class), new BigDecimal("19.99"), "038227c6"),
                new Golden<>("big-decimal", Serializers.ofBigDecimal(), new BigDecimal("19.990"), "038227c681"),
                new Golden<>("big-decimal", Serializers.ofBigDecimal(), new BigDecimal("-19.990"), "017dd83981"),
                new Golden<>("big-decimal", Serializers.ofBigDecimal(), new BigDecimal("0.00"), "0282"),
                new Golden<>("big-decimal", Serializers.ofBigDecimal(), new BigDecimal("1E+3"), "038414"),
                new Golden<>(
                        "instant",
                        Serializers.of(Instant.class),
                        Instant.parse("2024-02-29T12:00:00.000000001Z"),
                        "8000000065e071c000000001"),
                new Golden<>("instant", Serializers.ofInstant(), Instant.ofEpochSecond(-1), "7fffffffffffffff00000000"),
                new Golden<>(
                        "duration",
                        Serializers.of(Duration.class),
                        Duration.ofMillis(1500),
                        "8000000000000001" + "1dcd6500"),
                new Golden<>(
                        "local-date-time",
                        Serializers.of(LocalDateTime.class),
                        LocalDateTime.parse("1970-01-02T00:00:00"),
                        "800000000001518000000000"),
                new Golden<>(
                        "local-date", Serializers.of(LocalDate.class), LocalDate.of(1970, 1, 2), "8000000000000001"),
                new Golden<>("local-time", Serializers.of(LocalTime.class), LocalTime.of(0, 0, 1), "00003b9aca00"),
                new Golden<>("enum", Serializers.of(Level.class), Level.HIGH, "48494748"),
                new Golden<>("cbor", Serializers.of(new TypeRef<List<String>>() {}), List.of("a", "b"), "8261616162"),
                new Golden<>("cbor", Serializers.of(new TypeRef<Optional<Long>>() {}), Optional.of(5L), "05"),
                new Golden<>("cbor", Serializers.of(new TypeRef<Optional<Long>>() {}), Optional.empty(), "f6"),
                new Golden<>("cbor", Serializers.of(int[].class), new int[] {1, -1, 1000}, "8301201903e8"));
    }

    @ParameterizedTest
    @MethodSource("golden")
    <T> void writtenBytesStayTheSame(Golden<T> golden) {
        assertThat(HexFormat.of().formatHex(golden.serializer().serialize(golden.value())))
                .isEqualTo(golden.hex());
    }

    @ParameterizedTest
    @MethodSource("golden")
    <T> void oldBytesStayReadable(Golden<T> golden) {
        assertThat(golden.serializer().deserialize(HexFormat.of().parseHex(golden.hex())))
                .isEqualTo(golden.value());
    }

    @ParameterizedTest
    @MethodSource("golden")
    void idsStayTheSame(Golden<?> golden) {
        assertThat(golden.serializer().id()).isEqualTo(golden.id());
    }
}
