package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvstore.typed.testing.Seeds;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Equal values have equal bytes, whatever they are made of: keys are compared by bytes alone. */
class CanonicalBytesTest {
    public enum Color {
        RED,
        GREEN,
        BLUE;

        @Override
        public String toString() {
            return "color " + ordinal();
        }
    }

    public record Point(int x, int y) {}

    private static final long SEED = Seeds.next(CanonicalBytesTest.class);

    private final Random random = new Random(SEED);

    @Test
    void theOrderOfAMapDoesNotMatter() {
        Serializer<Map<String, Integer>> serializer = Serializers.of(new TypeRef<>() {});
        Map<String, Integer> reference = new HashMap<>();
        random.ints(200, 0, 1000).forEach(i -> reference.put("k" + i, i));
        byte[] expected = serializer.serialize(reference);
        for (int i = 0; i < 20; i++) {
            List<String> keys = new ArrayList<>(reference.keySet());
            Collections.shuffle(keys, random);
            Map<String, Integer> shuffled = new LinkedHashMap<>();
            keys.forEach(key -> shuffled.put(key, reference.get(key)));
            assertThat(serializer.serialize(shuffled)).isEqualTo(expected);
        }
        Map<String, Integer> backwards = new TreeMap<>(Comparator.reverseOrder());
        backwards.putAll(reference);
        assertThat(serializer.serialize(backwards)).isEqualTo(expected);
        assertThat(serializer.deserialize(expected)).isEqualTo(reference);
    }

    @Test
    void theOrderOfASetDoesNotMatter() {
        Serializer<Set<Point>> serializer = Serializers.of(new TypeRef<>() {});
        Set<Point> reference = new HashSet<>();
        random.ints(200, 0, 1000).forEach(i -> reference.add(new Point(i, -i)));
        byte[] expected = serializer.serialize(reference);
        for (int i = 0; i < 20; i++) {
            List<Point> points = new ArrayList<>(reference);
            Collections.shuffle(points, random);
            assertThat(serializer.serialize(new LinkedHashSet<>(points))).isEqualTo(expected);
        }
        assertThat(serializer.deserialize(expected)).isEqualTo(reference);
    }

    @Test
    void theKindOfACollectionDoesNotMatter() {
        for (List<Object> list :
                List.of(List.<Object>of(), List.<Object>of("a", "b"), List.<Object>of(1, new Point(1, 2)))) {
            Serializer<Object> serializer = Serializers.of(Object.class);
            byte[] expected = serializer.serialize(list);
            for (Object same : List.of(
                    new ArrayList<>(list),
                    new LinkedList<>(list),
                    new ArrayDeque<>(list),
                    new CopyOnWriteArrayList<>(list),
                    Collections.unmodifiableList(list),
                    Arrays.asList(list.toArray()),
                    list.toArray())) {
                assertThat(serializer.serialize(same))
                        .as(same.getClass().getName())
                        .isEqualTo(expected);
            }
        }
        Map<String, Integer> map = Map.of("a", 1, "b", 2);
        byte[] expected = Serializers.of(Object.class).serialize(map);
        for (Object same : List.of(
                new HashMap<>(map),
                new TreeMap<>(map),
                new ConcurrentHashMap<>(map),
                Collections.unmodifiableMap(map),
                new Hashtable<>(map))) {
            assertThat(Serializers.of(Object.class).serialize(same)).isEqualTo(expected);
        }
        Set<String> set = Set.of("a", "b", "c");
        byte[] expectedSet = Serializers.of(Object.class).serialize(set);
        for (Object same : List.of(
                new HashSet<>(set),
                new TreeSet<>(set),
                Collections.unmodifiableSet(set),
                new ConcurrentSkipListSet<>(set),
                Map.of("a", 1, "b", 2, "c", 3).keySet())) {
            assertThat(Serializers.of(Object.class).serialize(same)).isEqualTo(expectedSet);
        }
    }

    public record Fractions(double d, float f, double[] ds) {}

    @Test
    void allNansAreOne() {
        double otherNan = Double.longBitsToDouble(0xFFF8_0000_0000_0001L);
        Serializer<Fractions> serializer = Serializers.of(Fractions.class);
        assertThat(serializer.serialize(
                        new Fractions(otherNan, Float.intBitsToFloat(0xFFC0_0001), new double[] {otherNan})))
                .isEqualTo(serializer.serialize(new Fractions(Double.NaN, Float.NaN, new double[] {Double.NaN})));
    }

    public record Colors(Set<Color> set, Map<Color, Integer> map, Object any) {}

    @Test
    void collectionsOfEnumsAreAsAnyOther() {
        Serializer<Colors> serializer = Serializers.of(Colors.class);
        Set<Color> set = Set.of(Color.BLUE, Color.RED);
        Map<Color, Integer> map = Map.of(Color.BLUE, 1, Color.RED, 2, Color.GREEN, 3);
        byte[] bytes = serializer.serialize(new Colors(set, map, set));
        assertThat(serializer.serialize(new Colors(EnumSet.copyOf(set), new EnumMap<>(map), EnumSet.copyOf(set))))
                .isEqualTo(bytes);
        assertThat(serializer.deserialize(bytes)).isEqualTo(new Colors(set, map, List.of("RED", "BLUE")));
    }

    public record EnumCollections(EnumSet<Color> set, EnumMap<Color, Integer> map) {}

    @Test
    void declaredEnumCollectionsComeBack() {
        EnumCollections value = new EnumCollections(EnumSet.allOf(Color.class), new EnumMap<>(Map.of(Color.GREEN, 1)));
        Serializer<EnumCollections> serializer = Serializers.of(EnumCollections.class);
        assertThat(serializer.deserialize(serializer.serialize(value))).isEqualTo(value);
    }

    public record Tree(String name, Set<Tree> children, Map<String, Set<Object>> tags) {}

    @Test
    void nestedCollectionsAreInOrderToo() {
        Serializer<Tree> serializer = Serializers.of(Tree.class);
        Tree hashed = tree(6, HashSet::new);
        Tree linked = tree(6, elements -> {
            List<Object> list = new ArrayList<>(elements);
            Collections.reverse(list);
            return new LinkedHashSet<>(list);
        });
        byte[] bytes = serializer.serialize(hashed);
        assertThat(serializer.serialize(linked)).isEqualTo(bytes);
        assertThat(serializer.deserialize(bytes)).isEqualTo(hashed);
    }

    private interface Sets {
        Set<Object> of(Set<Object> elements);
    }

    @SuppressWarnings("unchecked")
    private static Tree tree(int depth, Sets sets) {
        Set<Object> children = new TreeSet<>(Comparator.comparing(child -> ((Tree) child).name()));
        for (int i = 0; depth > 0 && i < 3; i++) {
            children.add(
                    new Tree(depth + "-" + i, i == 0 ? tree(depth - 1, sets).children() : Set.of(), Map.of()));
        }
        return new Tree(
                "t",
                (Set<Tree>) (Set<?>) sets.of(children),
                Map.of("x", sets.of(new TreeSet<>(Arrays.asList("a", "bb", "c")))));
    }

    @Test
    void setsWithinSetsDoNotTakeForEver() {
        Object nested = "core";
        for (int i = 0; i < 50; i++) {
            nested = Set.of(List.of(nested), "shell");
        }
        assertThat(Serializers.of(Object.class).serialize(nested)).hasSizeLessThan(1000);
    }

    @Test
    void keysThatCompareAsEqualAreAllKept() {
        Serializer<Map<BigDecimal, String>> serializer = Serializers.of(new TypeRef<>() {});
        Map<BigDecimal, String> map = Map.of(new BigDecimal("1.0"), "a", new BigDecimal("1.00"), "b");
        assertThat(serializer.deserialize(serializer.serialize(map))).isEqualTo(map);
    }

    @Test
    void keysThatWouldBecomeOneAreRefused() {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() ->
                        Serializers.of(new TypeRef<Map<Object, String>>() {}).serialize(Map.of(1, "a", "1", "b")))
                .withMessageContaining("two of its keys")
                .withMessageContaining("\"1\"");
        Map<String, String> nullKey = new HashMap<>();
        nullKey.put(null, "a");
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() ->
                        Serializers.of(new TypeRef<Map<String, String>>() {}).serialize(nullKey))
                .withMessageContaining("null as a key");
    }

    @Test
    void textHasTheSameBytesWhereverItStands() {
        Serializer<List<String>> serializer = Serializers.of(new TypeRef<>() {});
        for (int length : new int[] {5, 23, 24, 255, 256, 3_996, 3_997, 9_000}) {
            String text = "é€x".repeat(length).substring(0, length - 2) + "😀";
            byte[] alone = serializer.serialize(List.of("", text));
            byte[] tail = Arrays.copyOfRange(alone, 2, alone.length);
            for (int before = 0; before < 16_100; before += 1 + random.nextInt(900)) {
                byte[] bytes = serializer.serialize(List.of("y".repeat(before), text));
                assertThat(Arrays.copyOfRange(bytes, bytes.length - tail.length, bytes.length))
                        .as("length %d after %d", length, before)
                        .isEqualTo(tail);
            }
        }
    }
}
