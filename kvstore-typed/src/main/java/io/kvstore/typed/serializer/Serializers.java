package io.kvstore.typed.serializer;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The serializers that are built in. {@link #of(Class)} finds the one for a class: a compact one for those that have a
 * method of their own here, CBOR for all others. {@link #of(TypeRef)} does so for generic types.
 *
 * <p>All are immutable, hence thread-safe. All but CBOR are <i>ordered</i>: their bytes, compared as unsigned numbers,
 * sort as the values do by {@code compareTo}, or else as the method says.
 *
 * <h2>CBOR</h2>
 *
 * <p>Records, classes, collections and all other types that have no method here are stored as CBOR (RFC 8949), an
 * object as a map from the names of its properties to their values. Its id is {@code cbor} for every type: a class may
 * be renamed or moved.
 *
 * <ul>
 *   <li>The properties of a record are its components; those of a class are its fields that are neither static nor
 *       transient, and what its getters give. Types that would lose data on the way are refused.
 *   <li>Properties may come and go, in any order: one that is unknown is ignored, one that is missing is null or the
 *       default of its type. A new name for an old property is declared by {@code @JsonAlias("old")}, of the module
 *       {@code com.fasterxml.jackson.annotation}. Numbers may become wider.
 *   <li>Equal values have equal bytes: properties are sorted by name, the entries of maps by key, the elements of sets
 *       by their bytes. Moving fields about changes nothing; adding, removing or renaming one changes the bytes, so a
 *       type whose values are keys should stay as it is.
 *   <li>What is read is what the types declare: no class name is ever stored or followed. {@code Object} stands for
 *       text, numbers, lists and maps. An interface, sealed or not, needs {@code @JsonTypeInfo(use = Id.NAME)} and
 *       {@code @JsonSubTypes}.
 *   <li>A class in a named module must be public in an exported package, or its package must be open to
 *       {@code tools.jackson.databind}; the error says which line is missing.
 *   <li>Objects may be nested 256 deep.
 * </ul>
 */
public final class Serializers {
    private static final Serializer<String> STRING = new StringSerializer();
    private static final Serializer<byte[]> BYTES = new BytesSerializer();
    private static final Serializer<Boolean> BOOLEAN =
            new FixedWidthSerializer<>("boolean", 1, v -> v ? 1 : 0, Serializers::toBoolean);
    private static final Serializer<Byte> BYTE =
            new FixedWidthSerializer<>("byte", Byte.BYTES, v -> v ^ Byte.MIN_VALUE, n -> (byte) (n ^ Byte.MIN_VALUE));
    private static final Serializer<Short> SHORT = new FixedWidthSerializer<>(
            "short", Short.BYTES, v -> v ^ Short.MIN_VALUE, n -> (short) (n ^ Short.MIN_VALUE));
    private static final Serializer<Integer> INTEGER = new FixedWidthSerializer<>(
            "integer", Integer.BYTES, v -> v ^ Integer.MIN_VALUE, n -> (int) (n ^ Integer.MIN_VALUE));
    private static final Serializer<Long> LONG =
            new FixedWidthSerializer<>("long", Long.BYTES, v -> v ^ Long.MIN_VALUE, n -> n ^ Long.MIN_VALUE);
    private static final Serializer<Float> FLOAT =
            new FixedWidthSerializer<>("float", Float.BYTES, Serializers::fromFloat, Serializers::toFloat);
    private static final Serializer<Double> DOUBLE =
            new FixedWidthSerializer<>("double", Double.BYTES, Serializers::fromDouble, Serializers::toDouble);
    private static final Serializer<Character> CHARACTER =
            new FixedWidthSerializer<>("character", Character.BYTES, v -> v, n -> (char) n);
    private static final Serializer<UUID> UUIDS = new UuidSerializer();
    private static final Serializer<BigInteger> BIG_INTEGER = new BigIntegerSerializer();
    private static final Serializer<BigDecimal> BIG_DECIMAL = new BigDecimalSerializer();
    private static final Serializer<Instant> INSTANT =
            new SecondsSerializer<>("instant", Instant::getEpochSecond, Instant::getNano, Instant::ofEpochSecond);
    private static final Serializer<Duration> DURATION =
            new SecondsSerializer<>("duration", Duration::getSeconds, Duration::getNano, Duration::ofSeconds);
    private static final Serializer<LocalDateTime> LOCAL_DATE_TIME = new SecondsSerializer<>(
            "local-date-time",
            v -> v.toEpochSecond(ZoneOffset.UTC),
            LocalDateTime::getNano,
            (seconds, nanos) -> LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC));
    private static final Serializer<LocalDate> LOCAL_DATE = new FixedWidthSerializer<>(
            "local-date",
            Long.BYTES,
            v -> v.toEpochDay() ^ Long.MIN_VALUE,
            n -> LocalDate.ofEpochDay(n ^ Long.MIN_VALUE));
    private static final Serializer<LocalTime> LOCAL_TIME =
            new FixedWidthSerializer<>("local-time", 6, LocalTime::toNanoOfDay, LocalTime::ofNanoOfDay);

    private static final Map<Class<?>, Serializer<?>> BY_CLASS = Map.ofEntries(
            Map.entry(String.class, STRING),
            Map.entry(byte[].class, BYTES),
            Map.entry(Boolean.class, BOOLEAN),
            Map.entry(boolean.class, BOOLEAN),
            Map.entry(Byte.class, BYTE),
            Map.entry(byte.class, BYTE),
            Map.entry(Short.class, SHORT),
            Map.entry(short.class, SHORT),
            Map.entry(Integer.class, INTEGER),
            Map.entry(int.class, INTEGER),
            Map.entry(Long.class, LONG),
            Map.entry(long.class, LONG),
            Map.entry(Float.class, FLOAT),
            Map.entry(float.class, FLOAT),
            Map.entry(Double.class, DOUBLE),
            Map.entry(double.class, DOUBLE),
            Map.entry(Character.class, CHARACTER),
            Map.entry(char.class, CHARACTER),
            Map.entry(UUID.class, UUIDS),
            Map.entry(BigInteger.class, BIG_INTEGER),
            Map.entry(BigDecimal.class, BIG_DECIMAL),
            Map.entry(Instant.class, INSTANT),
            Map.entry(Duration.class, DURATION),
            Map.entry(LocalDateTime.class, LOCAL_DATE_TIME),
            Map.entry(LocalDate.class, LOCAL_DATE),
            Map.entry(LocalTime.class, LOCAL_TIME));

    private Serializers() {}

    /**
     * The serializer for a class: the one that has a method here, that of its enum, or CBOR. For CBOR the class and all
     * that it holds is looked through first, which takes milliseconds: keep the serializer.
     *
     * @param type a class without type parameters; for {@code List<Order>} and the like see {@link #of(TypeRef)}
     * @param <T> the type
     * @return the serializer
     * @throws KVSerializationException if values of the class cannot be written, or not be read back; the message says
     *     why, and which line a module-info lacks if it is that
     */
    public static <T> Serializer<T> of(Class<T> type) {
        return ofType(Objects.requireNonNull(type, "type"));
    }

    /**
     * The serializer for a type: CBOR for a generic one, such as {@code new TypeRef<List<Order>>() {}}; for a class
     * that of {@link #of(Class)}.
     *
     * @param type the type
     * @param <T> the type
     * @return the serializer
     * @throws KVSerializationException as {@link #of(Class)}
     */
    public static <T> Serializer<T> of(TypeRef<T> type) {
        return ofType(type.type());
    }

    /**
     * Text as UTF-8; id {@code string}. Sorts by code point, which differs from {@code compareTo} for characters beyond
     * U+FFFF. Half a surrogate pair is refused.
     *
     * @return the serializer
     */
    public static Serializer<String> ofString() {
        return STRING;
    }

    /**
     * Bytes as they are; id {@code bytes}. Sorts as {@link java.util.Arrays#compareUnsigned(byte[], byte[])} does.
     *
     * @return the serializer
     */
    public static Serializer<byte[]> ofBytes() {
        return BYTES;
    }

    /**
     * One byte, 0 or 1; id {@code boolean}.
     *
     * @return the serializer
     */
    public static Serializer<Boolean> ofBoolean() {
        return BOOLEAN;
    }

    /**
     * One byte; id {@code byte}.
     *
     * @return the serializer
     */
    public static Serializer<Byte> ofByte() {
        return BYTE;
    }

    /**
     * Two bytes; id {@code short}.
     *
     * @return the serializer
     */
    public static Serializer<Short> ofShort() {
        return SHORT;
    }

    /**
     * Four bytes; id {@code integer}.
     *
     * @return the serializer
     */
    public static Serializer<Integer> ofInteger() {
        return INTEGER;
    }

    /**
     * Eight bytes; id {@code long}.
     *
     * @return the serializer
     */
    public static Serializer<Long> ofLong() {
        return LONG;
    }

    /**
     * Four bytes; id {@code float}. As {@link #ofDouble()}.
     *
     * @return the serializer
     */
    public static Serializer<Float> ofFloat() {
        return FLOAT;
    }

    /**
     * Eight bytes; id {@code double}. Sorts as {@link Double#compareTo} does: -0.0 before 0.0, from which it differs,
     * and NaN last; all NaN are one.
     *
     * @return the serializer
     */
    public static Serializer<Double> ofDouble() {
        return DOUBLE;
    }

    /**
     * Two bytes, a UTF-16 code unit; id {@code character}.
     *
     * @return the serializer
     */
    public static Serializer<Character> ofCharacter() {
        return CHARACTER;
    }

    /**
     * 16 bytes; id {@code uuid}. Sorts as the text form does. {@link UUID#compareTo} differs: it takes the halves as
     * signed numbers.
     *
     * @return the serializer
     */
    public static Serializer<UUID> ofUuid() {
        return UUIDS;
    }

    /**
     * The length and the magnitude; id {@code big-integer}. A number below 2^952 takes a byte more than its magnitude.
     *
     * @return the serializer
     */
    public static Serializer<BigInteger> ofBigInteger() {
        return BIG_INTEGER;
    }

    /**
     * Sign, exponent, and a byte for each two digits; id {@code big-decimal}. Keeps the scale, and sorts by value and
     * then by scale: 1.0 before 1.00. At most 100,000 digits.
     *
     * @return the serializer
     */
    public static Serializer<BigDecimal> ofBigDecimal() {
        return BIG_DECIMAL;
    }

    /**
     * 12 bytes, seconds and nanoseconds; id {@code instant}.
     *
     * @return the serializer
     */
    public static Serializer<Instant> ofInstant() {
        return INSTANT;
    }

    /**
     * 12 bytes, seconds and nanoseconds; id {@code duration}.
     *
     * @return the serializer
     */
    public static Serializer<Duration> ofDuration() {
        return DURATION;
    }

    /**
     * 12 bytes, seconds and nanoseconds; id {@code local-date-time}.
     *
     * @return the serializer
     */
    public static Serializer<LocalDateTime> ofLocalDateTime() {
        return LOCAL_DATE_TIME;
    }

    /**
     * Eight bytes, days since 1970; id {@code local-date}.
     *
     * @return the serializer
     */
    public static Serializer<LocalDate> ofLocalDate() {
        return LOCAL_DATE;
    }

    /**
     * Six bytes, nanoseconds of the day; id {@code local-time}.
     *
     * @return the serializer
     */
    public static Serializer<LocalTime> ofLocalTime() {
        return LOCAL_TIME;
    }

    /**
     * The name of a constant as UTF-8; id {@code enum}. Sorts by name, not by ordinal: constants may be added and
     * reordered. One that is stored must keep its name.
     *
     * @param type the enum
     * @param <E> the enum
     * @return the serializer
     */
    public static <E extends Enum<E>> Serializer<E> ofEnum(Class<E> type) {
        return new EnumSerializer<>(Objects.requireNonNull(type, "type"));
    }

    @SuppressWarnings("unchecked") // both maps from types and constructors keep the type
    private static <T> Serializer<T> ofType(Type type) {
        Serializer<?> builtIn = BY_CLASS.get(type);
        if (builtIn != null) {
            return (Serializer<T>) builtIn;
        }
        if (type instanceof Class<?> c && c.isEnum()) {
            return (Serializer<T>) enumSerializer(c);
        }
        return CborSerializer.of(type);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // no other way to say that c is the class of an enum
    private static Serializer<?> enumSerializer(Class<?> c) {
        return new EnumSerializer(c);
    }

    private static boolean toBoolean(long number) {
        if (number > 1) {
            throw new IllegalArgumentException("byte " + number + " is neither 0 nor 1");
        }
        return number == 1;
    }

    // IEEE 754 numbers sort as their bits, taken as numbers with a sign, but for negative ones, which sort the other
    // way
    // round. So those have all bits flipped, the others the sign alone. The JDK gives one pattern for all NaN.

    private static long fromDouble(double value) {
        long bits = Double.doubleToLongBits(value);
        return bits ^ ((bits >> 63) | Long.MIN_VALUE);
    }

    private static double toDouble(long number) {
        return Double.longBitsToDouble(number ^ ((~number >> 63) | Long.MIN_VALUE));
    }

    private static long fromFloat(float value) {
        int bits = Float.floatToIntBits(value);
        return bits ^ ((bits >> 31) | Integer.MIN_VALUE);
    }

    private static float toFloat(long number) {
        int n = (int) number;
        return Float.intBitsToFloat(n ^ ((~n >> 31) | Integer.MIN_VALUE));
    }
}
