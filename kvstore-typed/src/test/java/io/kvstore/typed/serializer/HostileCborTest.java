package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvstore.KVErrorCode;
import io.kvstore.typed.testing.Seeds;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes, reading them ends soon, in a value or an error. The JVM of this test has little memory. */
@Timeout(30)
class HostileCborTest {
    public record Thing(
            int i,
            long l,
            double d,
            BigDecimal bd,
            BigInteger bi,
            String s,
            byte[] by,
            Object o,
            Instant at,
            Duration du,
            List<Thing> li,
            Set<String> se,
            Map<String, Long> m,
            long[] la) {}

    private static final Serializer<Thing> THINGS = Serializers.of(Thing.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a1626279" + "5a7fffffff", // by: 2 GiB of bytes
                "a1626279" + "5a10000000", // 256 MiB
                "a1626279" + "5b7fffffffffffffff",
                "a16173" + "7a7fffffff", // s: 2 GiB of text
                "a16173" + "7b7fffffffffffffff",
                "a1626c69" + "9a7fffffff", // li: an array of 2 Gi elements
                "a1626c61" + "9a7fffffff01", // la
                "a1626c61" + "9b7fffffffffffffff01",
                "a1616d" + "ba7fffffff", // m: a map of 2 Gi entries
                "a1616f" + "9a7fffffff",
                "a1616f" + "c25a7fffffff", // o: a number of 2 GiB
                "a1626269" + "c25a7fffffff", // bi
                "a16169" + "c4821a7fffffff01", // i: 1E+2147483647
                "a1616c" + "c4821a7fffffff01", // l
                "a1626269" + "c4821a7fffffff01", // bi
                "a1626174" + "c4821a7fffffff01", // at
                "a1626475" + "c4821a7fffffff01", // du
                "7a7fffffff",
                "ba7fffffff",
                "bb7fffffffffffffff",
                "bf",
                "bf61",
                "ff",
                "f6",
                "f7",
                "80",
                "a000", // trailing bytes
                "a0a0",
                "a0f6",
                "a0ff",
                ""
            })
    void claimsAreNotBelieved(String hex) {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> THINGS.deserialize(HexFormat.of().parseHex(hex)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.SERIALIZATION));
    }

    @Test
    void absurdScalesAreKeptOrBecomeTheNearestNumberAtOnce() {
        assertThat(read("a1626264c4821a7fffffff01").bd()).isEqualTo("1E+2147483647");
        assertThat(read("a16164c4821a7fffffff01").d()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(read("a16164c4823a7ffffffe01").d()).isZero();
    }

    private static Thing read(String hex) {
        return THINGS.deserialize(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9f", "bf6178", "81", "a16178", "c1", "d9d9f7", "5f", "7f"})
    void endlessNestingIsAnError(String open) {
        byte[] bytes = HexFormat.of().parseHex("a1616f" + open.repeat(200_000));
        assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> THINGS.deserialize(bytes));
    }

    @Test
    void whatMayBeWrittenMayBeRead() {
        Serializer<Object> serializer = Serializers.of(Object.class);
        Object deepest = nested(CborFormat.MAX_DEPTH);
        assertThat(serializer.deserialize(serializer.serialize(deepest))).isEqualTo(deepest);
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> serializer.serialize(nested(CborFormat.MAX_DEPTH + 1)))
                .withMessageContaining("depth");
    }

    private static Object nested(int depth) {
        Object value = "x";
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        return value;
    }

    @Test
    void longTextNamesAndNumbersComeBack() {
        Serializer<Map<String, Object>> serializer = Serializers.of(new TypeRef<>() {});
        Map<String, Object> map = Map.of(
                "n".repeat(200_000),
                "t".repeat(3_000_000),
                "number",
                BigInteger.ONE.shiftLeft(400_000),
                "decimal",
                new BigDecimal(BigInteger.ONE.shiftLeft(400_000), 3));
        assertThat(serializer.deserialize(serializer.serialize(map))).isEqualTo(map);
    }

    @Test
    void valuesInThemselvesAreRefused() {
        Serializer<Object> serializer = Serializers.of(Object.class);
        List<Object> list = new ArrayList<>();
        list.add(list);
        Set<Object> set = new HashSet<>();
        Object[] array = {set};
        set.add(array);
        set.add("another, so that there is something to sort");
        for (Object cyclic : List.of(new Object[] {list}, array)) {
            assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> serializer.serialize(cyclic));
        }
    }

    @Test
    void damagedBytesAreAValueOrAnError() {
        Random random = new Random(Seeds.next(getClass()));
        Thing inner = new Thing(
                1,
                -2,
                3.5,
                new BigDecimal("4.50"),
                BigInteger.TWO.pow(80),
                "text",
                new byte[5],
                Map.of("a", 1),
                Instant.EPOCH,
                Duration.ofMillis(5),
                List.of(),
                Set.of("x", "y"),
                Map.of("k", 7L),
                new long[] {1, 2});
        Thing thing = new Thing(
                1,
                -2,
                3.5,
                new BigDecimal("4.50"),
                BigInteger.TWO.pow(80),
                "text",
                new byte[5],
                List.of(1.5, "x"),
                Instant.EPOCH,
                Duration.ofMillis(5),
                List.of(inner),
                Set.of(),
                Map.of(),
                new long[] {1, 2});
        byte[] good = THINGS.serialize(thing);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            valueOrError(random.nextInt(4) > 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> THINGS.deserialize(cut));
        }
    }

    private static void valueOrError(byte[] bytes) {
        try {
            assertThat(THINGS.deserialize(bytes)).isNotNull();
        } catch (KVSerializationException e) {
            assertThat(e).hasMessageContaining("bytes");
        }
    }
}
