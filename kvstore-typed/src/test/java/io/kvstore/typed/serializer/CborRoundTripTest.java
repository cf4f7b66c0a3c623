package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kvstore.typed.testing.Seeds;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values of many types come back as they were. */
class CborRoundTripTest {
    private static final long SEED = Seeds.next(CborRoundTripTest.class);
    private static final int ROUNDS = 1_000;

    private final Random random = new Random(SEED);

    public enum Size {
        SMALL,
        LARGE {
            @Override
            boolean heavy() {
                return true;
            }
        };

        boolean heavy() {
            return false;
        }
    }

    public record Numbers(
            byte b,
            short s,
            int i,
            long l,
            float f,
            double d,
            char c,
            boolean z,
            @Nullable Integer boxed,
            BigInteger big,
            BigDecimal decimal) {}

    public record Times(
            Instant instant,
            Duration duration,
            Period period,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            OffsetTime offsetTime,
            ZonedDateTime zoned,
            Year year,
            YearMonth month,
            MonthDay day,
            ZoneId zone,
            ZoneOffset zoneOffset,
            Date old) {}

    public record Others(
            UUID uuid,
            Size size,
            URI uri,
            Locale locale,
            Currency currency,
            @Nullable String text,
            Optional<Size> maybe) {}

    public record Collections(
            List<Numbers> list,
            Set<UUID> set,
            Map<Long, List<Times>> map,
            SortedMap<Instant, Size> sorted,
            Map<Size, Map<UUID, Optional<String>>> nested,
            Collection<String> collection) {}

    public record All(
            Numbers numbers,
            Times times,
            Others others,
            Collections collections,
            @Nullable All next) {}

    @Test
    void recordsOfEverything() {
        Serializer<All> serializer = Serializers.of(All.class);
        for (int i = 0; i < ROUNDS; i++) {
            All value = all(random.nextInt(3));
            assertThat(serializer.deserialize(serializer.serialize(value))).isEqualTo(value);
        }
    }

    @Test
    void theEdgesOfTime() {
        same(new TypeRef<List<Instant>>() {}, List.of(Instant.MIN, Instant.MAX, Instant.EPOCH.minusNanos(1)));
        same(
                new TypeRef<List<Duration>>() {},
                List.of(Duration.ofSeconds(Long.MIN_VALUE + 1), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)));
        same(new TypeRef<List<LocalDateTime>>() {}, List.of(LocalDateTime.MIN, LocalDateTime.MAX));
        same(new TypeRef<List<OffsetDateTime>>() {}, List.of(OffsetDateTime.MIN, OffsetDateTime.MAX));
        same(
                new TypeRef<List<ZonedDateTime>>() {},
                List.of(
                        ZonedDateTime.parse("2024-10-27T02:30:00+02:00[Europe/Berlin]"),
                        ZonedDateTime.parse("2024-10-27T02:30:00+01:00[Europe/Berlin]"),
                        ZonedDateTime.parse("2024-01-01T00:00:00Z[UTC]"),
                        ZonedDateTime.parse("2024-01-01T00:00:00Z")));
    }

    @Test
    void genericTypes() {
        same(new TypeRef<List<Map<String, Size>>>() {}, List.of(Map.of("a", Size.LARGE), Map.of()));
        same(new TypeRef<Optional<List<Integer>>>() {}, Optional.of(List.of(1, 2)));
        same(new TypeRef<Map<String, ? extends Number>>() {}, Map.of("a", 1));
        same(new TypeRef<OptionalInt>() {}, OptionalInt.of(3));
        same(new TypeRef<Pair<String, List<Size>>>() {}, new Pair<>("a", List.of(Size.SMALL)));
        Deque<String> deque = new ArrayDeque<>(List.of("x", "y"));
        Serializer<Deque<String>> deques = Serializers.of(new TypeRef<>() {});
        assertThat(deques.deserialize(deques.serialize(deque))).containsExactly("x", "y");
        Serializer<AtomicReference<String>> references = Serializers.of(new TypeRef<>() {});
        assertThat(references
                        .deserialize(references.serialize(new AtomicReference<>("x")))
                        .get())
                .isEqualTo("x");
        Serializer<long[][]> arrays = Serializers.of(long[][].class);
        assertThat(arrays.deserialize(arrays.serialize(new long[][] {{1}, {}}))).isDeepEqualTo(new long[][] {{1}, {}});
    }

    public record Pair<A, B>(A first, B second) {}

    /** The names in the data are those that the annotation lists, never classes. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(value = Square.class, name = "square")})
    public sealed interface Shape permits Circle, Square {}

    public record Circle(double radius) implements Shape {}

    public record Square(double side) implements Shape {}

    public record Drawing(List<Shape> shapes, Shape frame) {}

    @Test
    void sealedInterfacesWithNamesForTheirClasses() {
        same(new TypeRef<Drawing>() {}, new Drawing(List.of(new Circle(1), new Square(2)), new Square(3)));
        same(new TypeRef<Shape>() {}, new Circle(1.5));
    }

    /** Methods of a record that look like getters are none. */
    public record Account(String owner, long cents) {
        public boolean isEmpty() {
            return cents == 0;
        }

        public String getGreeting() {
            throw new IllegalStateException("never called");
        }
    }

    @Test
    void recordsAreTheirComponents() {
        same(new TypeRef<Account>() {}, new Account("ann", 5));
    }

    @Test
    void keysOfEveryKind() {
        Map<String, Integer> odd = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            odd.put("\0".repeat(i), i);
            odd.put("a" + "\0".repeat(i), i);
            odd.put("\uFFFF😀".repeat(i), i);
        }
        same(new TypeRef<>() {}, odd);
        Map<Integer, Integer> many = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            many.put(i, -i);
        }
        same(new TypeRef<>() {}, many);
    }

    @Test
    void floatsAndNansComeBack() {
        Serializer<double[]> serializer = Serializers.of(double[].class);
        double[] values = {Double.NaN, -0.0, 0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE, -Double.MAX_VALUE};
        assertThat(serializer.deserialize(serializer.serialize(values))).isEqualTo(values);
    }

    private static <T> void same(TypeRef<T> type, T value) {
        Serializer<T> serializer = Serializers.of(type);
        assertThat(serializer.deserialize(serializer.serialize(value))).isEqualTo(value);
    }

    private All all(int depth) {
        return new All(numbers(), times(), others(), collections(), depth == 0 ? null : all(depth - 1));
    }

    private Numbers numbers() {
        return new Numbers(
                (byte) bits(),
                (short) bits(),
                (int) bits(),
                bits(),
                (float) random.nextGaussian(),
                random.nextBoolean() ? random.nextGaussian() : Math.rint(random.nextGaussian()),
                letters(1, 1).charAt(0),
                random.nextBoolean(),
                random.nextBoolean() ? null : (int) bits(),
                new BigInteger(random.nextInt(200), random).subtract(BigInteger.valueOf(bits())),
                new BigDecimal(BigInteger.valueOf(bits()), random.nextInt(40) - 20));
    }

    private Times times() {
        Instant instant = Instant.ofEpochSecond(bits() % Instant.MAX.getEpochSecond(), random.nextInt(1_000_000_000));
        Instant near = Instant.ofEpochSecond(random.nextInt(), random.nextInt(3) * 1_000_000);
        ZoneOffset offset = ZoneOffset.ofTotalSeconds(random.nextInt(36 * 3600) - 18 * 3600);
        ZoneId zone = List.of(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC"), ZoneOffset.UTC, (ZoneId) offset)
                .get(random.nextInt(4));
        LocalDateTime local = LocalDateTime.ofInstant(near, zone);
        return new Times(
                instant,
                Duration.ofSeconds(bits() / 2, random.nextInt()),
                Period.of(random.nextInt(100), random.nextInt(), -random.nextInt(5)),
                LocalDate.ofEpochDay(random.nextInt()),
                local.toLocalTime(),
                local,
                near.atOffset(offset),
                near.atOffset(offset).toOffsetTime(),
                near.atZone(zone),
                Year.of(random.nextInt(4000) - 2000),
                YearMonth.of(random.nextInt(4000), 1 + random.nextInt(12)),
                MonthDay.of(1 + random.nextInt(12), 1 + random.nextInt(28)),
                zone,
                offset,
                new Date(bits() / 2));
    }

    private Others others() {
        return new Others(
                new UUID(random.nextLong(), random.nextLong()),
                Size.values()[random.nextInt(2)],
                URI.create("kv:" + letters(1, 9)),
                Locale.GERMANY,
                Currency.getInstance("EUR"),
                random.nextBoolean() ? null : letters(0, 300) + "é€😀",
                Optional.of(Size.LARGE).filter(size -> random.nextBoolean()));
    }

    private Collections collections() {
        Map<Size, Map<UUID, Optional<String>>> nested = new HashMap<>();
        nested.put(Size.LARGE, map(() -> new UUID(random.nextLong(), 0), () -> Optional.of(letters(0, 5))));
        return new Collections(
                list(this::numbers),
                Set.copyOf(list(() -> new UUID(random.nextLong(), 1))),
                map(this::bits, () -> list(this::times)),
                new TreeMap<>(map(() -> Instant.ofEpochMilli(random.nextInt()), () -> Size.SMALL)),
                nested,
                list(() -> letters(0, 5)));
    }

    private <T> List<T> list(Supplier<T> element) {
        return new ArrayList<>(IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> element.get())
                .toList());
    }

    private <K, V> Map<K, V> map(Supplier<K> key, Supplier<V> value) {
        Map<K, V> map = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(key.get(), value.get());
        }
        return map;
    }

    private long bits() {
        return random.nextLong() >> random.nextInt(64);
    }

    private String letters(int least, int most) {
        return random.ints(least + random.nextInt(most - least + 1), 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
