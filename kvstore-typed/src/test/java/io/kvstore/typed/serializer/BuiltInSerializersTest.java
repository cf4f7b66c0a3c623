package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kvstore.KVErrorCode;
import io.kvstore.typed.testing.Seeds;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What all built-in serializers have in common: round trip, order, and errors for bytes that are not theirs. */
class BuiltInSerializersTest {
    private static final int RANDOM_VALUES = 2_000;
    private static final long SEED = Seeds.next(BuiltInSerializersTest.class);

    /** A serializer, the order that its bytes promise, values at the edges, and random ones. */
    record Kind<T>(Serializer<T> serializer, Comparator<T> order, List<T> edges, Function<Random, T> any) {
        List<T> values(Random random) {
            Stream<T> randoms = Stream.generate(() -> any.apply(random)).limit(RANDOM_VALUES);
            return Stream.concat(edges.stream(), randoms).toList();
        }

        @Override
        public String toString() {
            return serializer.id();
        }
    }

    private enum Color {
        RED,
        GREEN,
        BLUE,
        Ünïcode
    }

    static Stream<Kind<?>> kinds() {
        return Stream.of(
                new Kind<>(
                        Serializers.ofString(),
                        Comparator.comparing(s -> s.codePoints().toArray(), Arrays::compare),
                        List.of(
                                "", "\0", "a", "a\0", "b", "?", "\u007F", "\u0080", "\uFFFD", "\uFFFF", "\uE000", "😀",
                                "a😀?"),
                        BuiltInSerializersTest::text),
                new Kind<>(
                        Serializers.ofBytes(),
                        Arrays::compareUnsigned,
                        List.of(new byte[0], new byte[] {0}, new byte[] {-1}),
                        r -> bytes(r, r.nextInt(20))),
                new Kind<>(Serializers.ofBoolean(), natural(), List.of(true, false), Random::nextBoolean),
                new Kind<>(
                        Serializers.ofByte(),
                        natural(),
                        List.of(Byte.MIN_VALUE, (byte) -1, (byte) 0, Byte.MAX_VALUE),
                        r -> (byte) r.nextInt()),
                new Kind<>(
                        Serializers.ofShort(),
                        natural(),
                        List.of(Short.MIN_VALUE, (short) -1, (short) 0, Short.MAX_VALUE),
                        r -> (short) bits(r)),
                new Kind<>(
                        Serializers.ofInteger(),
                        natural(),
                        List.of(Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE),
                        r -> (int) bits(r)),
                new Kind<>(
                        Serializers.ofLong(),
                        natural(),
                        List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE),
                        BuiltInSerializersTest::bits),
                new Kind<>(
                        Serializers.ofFloat(),
                        natural(),
                        List.of(
                                Float.NEGATIVE_INFINITY,
                                -Float.MAX_VALUE,
                                -Float.MIN_VALUE,
                                -0f,
                                0f,
                                Float.MIN_NORMAL,
                                Float.POSITIVE_INFINITY,
                                Float.NaN),
                        r -> Float.intBitsToFloat(r.nextInt())),
                new Kind<>(
                        Serializers.ofDouble(),
                        natural(),
                        List.of(
                                Double.NEGATIVE_INFINITY,
                                -Double.MAX_VALUE,
                                -1.0,
                                -Double.MIN_VALUE,
                                -0.0,
                                0.0,
                                Double.MIN_VALUE,
                                Double.MAX_VALUE,
                                Double.POSITIVE_INFINITY,
                                Double.NaN),
                        r -> r.nextBoolean() ? Double.longBitsToDouble(r.nextLong()) : r.nextGaussian()),
                new Kind<>(Serializers.ofCharacter(), natural(), List.of('\0', '\uD800', '\uFFFF'), r ->
                        (char) r.nextInt()),
                new Kind<>(
                        Serializers.ofUuid(),
                        Comparator.comparing(UUID::toString),
                        List.of(new UUID(0, 0), new UUID(-1, -1), new UUID(0, -1), new UUID(Long.MAX_VALUE, 0)),
                        r -> new UUID(r.nextLong(), r.nextLong())),
                new Kind<>(
                        Serializers.ofBigInteger(),
                        natural(),
                        List.of(
                                BigInteger.ZERO,
                                BigInteger.ONE,
                                BigInteger.ONE.negate(),
                                BigInteger.valueOf(Long.MIN_VALUE),
                                power(8 * 119).subtract(BigInteger.ONE),
                                power(8 * 119),
                                power(8 * 119).negate(),
                                power(8 * 300)),
                        BuiltInSerializersTest::bigInteger),
                new Kind<>(
                        Serializers.ofBigDecimal(),
                        Comparator.<BigDecimal>naturalOrder().thenComparing(BigDecimal::scale),
                        List.of(
                                BigDecimal.ZERO,
                                new BigDecimal("0.00"),
                                new BigDecimal("0E+7"),
                                new BigDecimal("1.0"),
                                new BigDecimal("1.00"),
                                new BigDecimal("10"),
                                new BigDecimal("1E+1"),
                                new BigDecimal("-1"),
                                new BigDecimal("-1.0"),
                                new BigDecimal("0.1"),
                                new BigDecimal("-0.10"),
                                new BigDecimal("99.99"),
                                new BigDecimal("100"),
                                new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE),
                                new BigDecimal(BigInteger.TEN, Integer.MIN_VALUE),
                                new BigDecimal(BigInteger.ZERO, Integer.MIN_VALUE)),
                        BuiltInSerializersTest::bigDecimal),
                new Kind<>(
                        Serializers.ofInstant(),
                        natural(),
                        List.of(Instant.MIN, Instant.EPOCH.minusNanos(1), Instant.EPOCH, Instant.MAX),
                        BuiltInSerializersTest::instant),
                new Kind<>(
                        Serializers.ofDuration(),
                        natural(),
                        List.of(Duration.ofSeconds(Long.MIN_VALUE), Duration.ZERO, Duration.ofNanos(-1)),
                        r -> Duration.ofSeconds(bits(r) / 2, r.nextInt())),
                new Kind<>(
                        Serializers.ofLocalDateTime(),
                        Comparator.comparing(Function.identity(), LocalDateTime::compareTo),
                        List.of(LocalDateTime.MIN, LocalDateTime.MAX),
                        r -> LocalDateTime.ofInstant(instant(r), ZoneOffset.UTC)),
                new Kind<>(
                        Serializers.ofLocalDate(),
                        Comparator.comparing(Function.identity(), LocalDate::compareTo),
                        List.of(LocalDate.MIN, LocalDate.EPOCH, LocalDate.MAX),
                        r -> LocalDate.ofEpochDay(r.nextInt())),
                new Kind<>(
                        Serializers.ofLocalTime(),
                        natural(),
                        List.of(LocalTime.MIN, LocalTime.NOON, LocalTime.MAX),
                        r -> LocalTime.ofNanoOfDay((long) (r.nextDouble() * 86_400e9))),
                new Kind<>(
                        Serializers.ofEnum(Color.class),
                        Comparator.comparing(Color::name),
                        List.of(Color.values()),
                        r -> Color.values()[r.nextInt(Color.values().length)]));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void valuesComeBackAsTheyWere(Kind<T> kind) {
        for (T value : kind.values(new Random(SEED))) {
            byte[] bytes = kind.serializer().serialize(value);
            assertThat(kind.serializer().deserialize(bytes)).isEqualTo(value);
            assertThat(kind.serializer().serialize(value)).isEqualTo(bytes).isNotSameAs(bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void bytesSortAsValuesDo(Kind<T> kind) {
        List<T> values = kind.values(new Random(SEED));
        List<T> sorted = values.stream().sorted(kind.order()).toList();
        byte[] last = kind.serializer().serialize(sorted.get(0));
        for (int i = 1; i < sorted.size(); i++) {
            byte[] next = kind.serializer().serialize(sorted.get(i));
            int expected = Integer.signum(kind.order().compare(sorted.get(i - 1), sorted.get(i)));
            assertThat(Integer.signum(Arrays.compareUnsigned(last, next)))
                    .as("%s and %s", sorted.get(i - 1), sorted.get(i))
                    .isEqualTo(expected);
            last = next;
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void otherBytesAreAValueOrAnError(Kind<T> kind) {
        Random random = new Random(SEED);
        for (T value : kind.values(random)) {
            byte[] bytes = kind.serializer().serialize(value);
            valueOrError(kind.serializer(), Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            valueOrError(kind.serializer(), Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(3)));
            valueOrError(kind.serializer(), bytes(random, random.nextInt(24)));
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                valueOrError(kind.serializer(), bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @SuppressWarnings("NullAway")
    <T> void nullIsRefused(Kind<T> kind) {
        assertThatNullPointerException().isThrownBy(() -> kind.serializer().serialize(null));
        assertThatNullPointerException().isThrownBy(() -> kind.serializer().deserialize(null));
    }

    /** Bytes that are taken for a value must be the bytes of that value, so that equal keys have equal bytes. */
    private static <T> void valueOrError(Serializer<T> serializer, byte[] bytes) {
        T value;
        try {
            value = serializer.deserialize(bytes);
        } catch (KVSerializationException e) {
            assertThat(e.code()).isEqualTo(KVErrorCode.SERIALIZATION);
            assertThat(e).hasMessageStartingWith("cannot read a ");
            return;
        }
        boolean nan = value instanceof Number n && Double.isNaN(n.doubleValue());
        if (!nan) {
            assertThat(serializer.serialize(value)).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void noBytesAreAnErrorButForTextAndBytes(Kind<?> kind) {
        if (!List.of("string", "bytes").contains(kind.serializer().id())) {
            assertThatExceptionOfType(KVSerializationException.class)
                    .isThrownBy(() -> kind.serializer().deserialize(new byte[0]));
        }
    }

    private static <C extends Comparable<? super C>> Comparator<C> natural() {
        return Comparator.naturalOrder();
    }

    private static BigInteger power(int exponent) {
        return BigInteger.ONE.shiftLeft(exponent);
    }

    /** A number of any size, small ones as likely as large. */
    private static long bits(Random random) {
        return random.nextLong() >> random.nextInt(64);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static BigInteger bigInteger(Random random) {
        BigInteger value = new BigInteger(1 << random.nextInt(12), random);
        return random.nextBoolean() ? value : value.negate();
    }

    private static BigDecimal bigDecimal(Random random) {
        if (random.nextBoolean()) {
            return BigDecimal.valueOf(random.nextInt(2_000) - 1_000, random.nextInt(7) - 3);
        }
        BigInteger unscaled = bigInteger(random).multiply(BigInteger.TEN.pow(random.nextInt(9)));
        return new BigDecimal(unscaled, (int) (bits(random) / 4));
    }

    private static Instant instant(Random random) {
        long span = Instant.MAX.getEpochSecond();
        return Instant.ofEpochSecond(bits(random) % span, random.nextInt(1_000_000_000));
    }

    private static String text(Random random) {
        int[] codePoints = random.ints(random.nextInt(12), 0, Character.MAX_CODE_POINT + 1)
                .map(c -> c >>> random.nextInt(21))
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }
}
