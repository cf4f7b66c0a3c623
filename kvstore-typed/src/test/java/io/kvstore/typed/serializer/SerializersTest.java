package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerializersTest {
    private enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green, with a body of its own";
            }
        }
    }

    @Test
    void theSerializerOfAClassIsTheOneNamedForIt() {
        assertThat(Serializers.of(String.class)).isSameAs(Serializers.ofString());
        assertThat(Serializers.of(long.class)).isSameAs(Serializers.ofLong());
        assertThat(Serializers.of(new TypeRef<String>() {})).isSameAs(Serializers.ofString());
        assertThat(Serializers.of(new TypeRef<byte[]>() {})).isSameAs(Serializers.ofBytes());
        assertThat(Serializers.of(Color.class).id())
                .isEqualTo(Serializers.ofEnum(Color.class).id());
        assertThat(Serializers.of(new TypeRef<List<String>>() {}).id()).isEqualTo("cbor");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\uD800", "\uDC00", "a\uD83D", "\uDE00\uD83D", "?\uD800?", "\uD83D\uDE00\uDE00", "x\uDFFFé"})
    void halfASurrogatePairIsRefused(String text) {
        for (Callable<byte[]> write : List.<Callable<byte[]>>of(
                () -> Serializers.ofString().serialize(text),
                () -> Serializers.of(new TypeRef<List<String>>() {}).serialize(List.of(text)),
                () -> Serializers.of(new TypeRef<Map<String, Integer>>() {}).serialize(Map.of(text, 1)))) {
            assertThatExceptionOfType(KVSerializationException.class)
                    .isThrownBy(write::call)
                    .withMessageContaining("surrogate");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "c0af", "e282", "eda080", "f4908080", "61ff", "efbfbdc3"})
    void bytesThatAreNotUtf8AreRefused(String hex) {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(
                        () -> Serializers.ofString().deserialize(HexFormat.of().parseHex(hex)))
                .withMessageContaining("UTF-8");
    }

    @Test
    void theErrorOfAnEnumNamesItsConstants() {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> Serializers.of(Color.class).deserialize("BLUE".getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("\"BLUE\"")
                .withMessageContaining("[RED, GREEN]")
                .withMessageContaining(Color.class.getName());
    }

    @Test
    void aConstantWithABodyIsAConstant() {
        Serializer<Color> serializer = Serializers.of(Color.class);
        assertThat(serializer.deserialize(serializer.serialize(Color.GREEN))).isSameAs(Color.GREEN);
    }

    @Test
    void decimalsHaveALimit() {
        Serializer<BigDecimal> serializer = Serializers.ofBigDecimal();
        BigDecimal most = new BigDecimal(
                BigInteger.TEN.pow(BigDecimalSerializer.MAX_DIGITS).subtract(BigInteger.ONE), 7);
        assertThat(serializer.deserialize(serializer.serialize(most))).isEqualTo(most);
        BigDecimal zeros = new BigDecimal(BigInteger.TEN.pow(BigDecimalSerializer.MAX_DIGITS - 1), -7);
        assertThat(serializer.serialize(zeros)).hasSizeLessThan(16);
        assertThat(serializer.deserialize(serializer.serialize(zeros))).isEqualTo(zeros);
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(
                        () -> serializer.serialize(new BigDecimal(BigInteger.TEN.pow(BigDecimalSerializer.MAX_DIGITS))))
                .withMessageContaining("100001 digits")
                .withMessageContaining("100000");
        assertThatExceptionOfType(KVSerializationException.class) // 0.1 and 2^63 - 1 zeros
                .isThrownBy(() -> serializer.deserialize(HexFormat.of().parseHex("038014ff7fffffffffffffff")))
                .withMessageContaining("digits");
    }

    @Test
    void aTypeRefWithoutItsTypeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(SerializersTest::<String>listOf)
                .withMessageContaining("T");
        assertThat(new TypeRef<List<String>>() {})
                .isEqualTo(new TypeRef<List<String>>() {})
                .hasToString("java.util.List<java.lang.String>");
    }

    @SuppressWarnings("rawtypes")
    @Test
    void aRawTypeRefIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TypeRef() {}).withMessageContaining("missing");
    }

    private static <T> TypeRef<List<T>> listOf() {
        return new TypeRef<>() {};
    }

    public record Order(String id, List<Integer> counts, Map<String, Double> weights) {}

    @Test
    void oneSerializerServesManyThreads() throws Exception {
        Serializer<Order> serializer = Serializers.of(Order.class);
        Comparator<byte[]> order = Arrays::compareUnsigned;
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> tasks = IntStream.range(0, 400)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        Order value = new Order("o" + i, List.of(i, -i), Map.of("a", i / 3.0, "b" + i, 1.0));
                        byte[] bytes = serializer.serialize(value);
                        return serializer.deserialize(bytes).equals(value)
                                && order.compare(bytes, serializer.serialize(value)) == 0;
                    })
                    .toList();
            for (Future<Boolean> result : pool.invokeAll(tasks)) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
