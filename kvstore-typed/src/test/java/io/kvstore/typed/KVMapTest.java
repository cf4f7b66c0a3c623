package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.typed.serializer.KVSerializationException;
import io.kvstore.typed.serializer.Serializers;
import io.kvstore.typed.serializer.TypeRef;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link KVMap} does beside the contract of {@code ConcurrentMap}, which the suites hold it to. */
class KVMapTest extends CollectionTest {
    private KVMap<String, Long> map;

    record Order(String id, int count) {}

    /** The same class, some versions later. */
    record LaterOrder(String id, int count, String note) {}

    @BeforeEach
    void openMap() {
        map = typed.map("numbers", String.class, Long.class);
    }

    @Test
    void entriesAreThereAfterAReopen() {
        map.put("one", 1L);
        map.set("two", 2L);
        reopen();
        openMap();
        assertThat(map).containsOnly(entry("one", 1L), entry("two", 2L));
    }

    @Test
    void recordsAndGenericTypesAreKeysAndValues() {
        KVMap<Order, List<String>> lines = typed.map("lines", Order.class, new TypeRef<List<String>>() {});
        lines.put(new Order("a", 1), List.of("x", "y"));
        assertThat(lines.get(new Order("a", 1))).containsExactly("x", "y");
        assertThat(lines.get(new Order("a", 2))).isNull();
    }

    @Test
    void keysAreEqualByTheirBytes() {
        KVMap<BigDecimal, String> prices = typed.map("prices", BigDecimal.class, String.class);
        prices.put(new BigDecimal("1.0"), "x");
        assertThat(prices.get(new BigDecimal("1.00"))).isNull();
        KVMap<byte[], byte[]> raw = typed.map("raw", byte[].class, byte[].class);
        raw.put(new byte[] {1}, new byte[] {2});
        assertThat(raw.containsKey(new byte[] {1})).isTrue();
        assertThat(raw.remove(new byte[] {1}, new byte[] {2})).isTrue();
    }

    @Test
    void nullsAreRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> map.put(null, 1L)).withMessage("key");
        assertThatNullPointerException().isThrownBy(() -> map.put("a", null)).withMessage("value");
        assertThatNullPointerException().isThrownBy(() -> map.get(null)).withMessage("key");
        assertThatNullPointerException().isThrownBy(() -> map.containsValue(null));
        assertThatNullPointerException().isThrownBy(() -> map.compute("a", null));
        assertThatNullPointerException().isThrownBy(() -> map.replace("a", 1L, null));
        assertThat(map).isEmpty();
    }

    @Test
    void whatIsOfAnotherTypeIsAbsent() {
        map.put("a", 1L);
        assertThat(map.get((Object) 1)).isNull();
        assertThat(map.containsValue("a")).isFalse();
        assertThat(map.remove("a", "b")).isFalse();
    }

    @Test
    void functionsAreCalledAgainWhenAnotherThreadWrites() {
        map.put("a", 1L);
        int[] calls = {0};
        long result = map.compute("a", (key, value) -> {
            if (calls[0]++ == 0) {
                map.put("a", 10L);
            }
            return value + 1;
        });
        assertThat(result).isEqualTo(11);
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void functionsThatGiveNullRemoveOrLeaveAbsent() {
        map.put("a", 1L);
        assertThat(map.compute("a", (k, v) -> null)).isNull();
        assertThat(map.computeIfAbsent("a", k -> null)).isNull();
        assertThat(map.merge("b", 2L, (x, y) -> null)).isEqualTo(2);
        assertThat(map.merge("b", 2L, (x, y) -> null)).isNull();
        assertThat(map).isEmpty();
    }

    @Test
    void viewsAreLiveAndWriteThrough() {
        Iterator<Map.Entry<String, Long>> none = map.entrySet().iterator();
        assertThat(none.hasNext()).isFalse();
        map.put("a", 1L);
        Map.Entry<String, Long> entry = map.entrySet().iterator().next();
        assertThat(entry.setValue(2L)).isEqualTo(1);
        assertThat(map.values()).containsExactly(2L);
        assertThat(map.keySet().remove("a")).isTrue();
        assertThat(map).isEmpty();
    }

    @Test
    void removeIfLeavesWhatHasChangedMeanwhile() {
        map.put("a", 1L);
        boolean removed = map.entrySet().removeIf(entry -> {
            map.put("a", 2L);
            return entry.getValue() == 1;
        });
        assertThat(removed).isFalse();
        assertThat(map.get("a")).isEqualTo(2);
    }

    @Test
    void aValueOfAnOlderFormEqualsItself() {
        typed.map("orders", String.class, Order.class).put("a", new Order("a", 1));
        KVMap<String, LaterOrder> orders = typed.map("orders", String.class, LaterOrder.class);
        LaterOrder present = orders.get("a");
        assertThat(present).isEqualTo(new LaterOrder("a", 1, null));
        assertThat(orders.containsValue(present)).isTrue();
        assertThat(orders.replace("a", new LaterOrder("a", 2, null), present)).isFalse();
        assertThat(orders.replace("a", present, new LaterOrder("a", 2, "x"))).isTrue();
        assertThat(orders.remove("a", new LaterOrder("a", 2, "x"))).isTrue();
    }

    @Test
    void aValueThatCannotBeReadIsNamedWithItsKey() {
        map.put("good", 1L);
        map.put("bad", 2L);
        store.bucket("typed:1-0:data").put(Serializers.ofString().serialize("bad"), new byte[3]);
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> map.get("bad"))
                .withMessageStartingWith("map \"numbers\", value of key bad: ")
                .withMessageContaining("8 bytes expected, 3 found");
        Iterator<Long> values = map.values().iterator();
        int errors = 0;
        while (values.hasNext()) {
            try {
                values.next();
            } catch (KVSerializationException e) {
                errors++;
                values.remove();
            }
        }
        assertThat(errors).isOne();
        assertThat(map).containsOnlyKeys("good");
    }

    @Test
    void aValueThatCannotBeReadStaysWhereItIs() {
        byte[] key = Serializers.ofString().serialize("bad");
        store.bucket("typed:1-0:data").put(key, new byte[3]);
        assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> map.put("bad", 1L));
        assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> map.replace("bad", 1L));
        assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> map.remove("bad"));
        assertThat(store.bucket("typed:1-0:data").get(key)).isEqualTo(new byte[3]);
        map.set("bad", 2L);
        assertThat(map.get("bad")).isEqualTo(2);
    }

    @Test
    @Timeout(30)
    void functionOfReplaceAllMayChangeTheValueItself() {
        KVMap<String, List<String>> lists = typed.map("lists", String.class, new TypeRef<List<String>>() {});
        lists.put("a", List.of("x"));
        lists.replaceAll((key, list) -> {
            list.add("y");
            return list;
        });
        assertThat(lists).containsEntry("a", List.of("x", "y"));
        assertThatNullPointerException().isThrownBy(() -> lists.replaceAll((key, list) -> null));
    }

    @Test
    void viewsRemoveByBytesAndOnlyWhatHasNotChanged() {
        KVMap<String, byte[]> bytes = typed.map("bytes", String.class, byte[].class);
        bytes.put("a", new byte[] {1});
        bytes.put("b", new byte[] {2});
        assertThat(bytes.values().remove(new byte[] {2})).isTrue();
        assertThat(bytes.values().remove(new byte[] {3})).isFalse();
        assertThat(bytes).containsOnlyKeys("a");
        map.put("a", 1L);
        List<Object> changing = new ArrayList<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean contains(Object entry) {
                map.put("a", 2L);
                return false;
            }
        };
        assertThat(map.entrySet().retainAll(changing)).isFalse();
        assertThat(map).containsExactly(Map.entry("a", 2L));
    }

    @Test
    void whatCannotBeAKeyIsAbsent() {
        KVMap<String, String> texts = typed.map("texts", String.class, String.class);
        texts.put("a", "b");
        assertThat(texts.get("a".repeat(70_000))).isNull();
        assertThat(texts.containsKey("\uD800")).isFalse();
        assertThat(texts.remove("a".repeat(70_000))).isNull();
        KVMap<Point, Point> points = typed.map("points", Point.class, Point.class);
        points.put(new Point(1, 2), new Point(3, 4));
        assertThat(points.get("x")).isNull();
        assertThat(points.containsValue("x")).isFalse();
        assertThat(points.keySet().equals(Set.of("x"))).isFalse();
        assertThat(points.equals(Map.of("x", 1))).isFalse();
    }

    /** A class without a serializer of its own. */
    public record Point(int x, int y) {}

    @Test
    void streamsDoNotRelyOnASize() {
        KVSet<String> set = typed.set("set", String.class);
        KVQueue<String> queue = typed.queue("queue", String.class);
        KVMultimap<String, String> index = typed.multimap("index", String.class, String.class);
        for (Collection<?> each :
                List.of(set, queue, index.keySet(), index.get("a"), map.keySet(), map.values(), map.entrySet())) {
            assertThat(each.spliterator().hasCharacteristics(Spliterator.SIZED))
                    .as(each.getClass().getName())
                    .isFalse();
        }
        for (int i = 0; i < 10; i++) {
            queue.add("e" + i);
        }
        assertThat(queue.stream().peek(element -> queue.remove("e9")).toList()).hasSize(9);
    }

    @Test
    void aKeyThatCannotBeReadIsNamedByItsBytes() {
        KVMap<Long, Long> numbers = typed.map("by number", Long.class, Long.class);
        store.bucket("typed:2-0:data").put(new byte[] {1, 2}, new byte[8]);
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> numbers.keySet().iterator().next())
                .withMessageStartingWith("map \"by number\", key of 2 bytes 0102: ");
    }

    @Test
    void errorsOfTheSerializerAndTheStorePassThrough() {
        KVMap<String, String> texts = typed.map("texts", String.class, String.class);
        assertThatExceptionOfType(KVSerializationException.class).isThrownBy(() -> texts.put("a", "\uD800"));
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> texts.put("a".repeat(70_000), "b"))
                .matches(e -> e.code() == KVErrorCode.KEY_TOO_LARGE);
        assertThat(texts).isEmpty();
    }

    @Test
    void clearIsOneWriteWhateverTheSize() {
        for (long i = 0; i < 10_000; i++) {
            map.set("key " + i, i);
        }
        long before = store.stats().logBytes();
        map.clear();
        assertThat(store.stats().logBytes() - before).isLessThan(200);
        assertThat(map).isEmpty();
        map.put("a", 1L);
        assertThat(map).hasSize(1);
    }
}
