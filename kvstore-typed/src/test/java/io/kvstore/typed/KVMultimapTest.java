package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import io.kvstore.typed.serializer.Serializers;
import io.kvstore.typed.testing.Seeds;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KVMultimapTest extends CollectionTest {
    private KVMultimap<String, Long> index;

    @BeforeEach
    void openIndex() {
        index = typed.multimap("index", String.class, Long.class);
    }

    @Test
    void putsLookupsAndRemovals() {
        assertThat(index.put("a", 1L)).isTrue();
        assertThat(index.put("a", 1L)).isFalse();
        assertThat(index.put("a", 2L)).isTrue();
        assertThat(index.put("b", 1L)).isTrue();
        assertThat(index.size()).isEqualTo(3);
        assertThat(index.get("a")).containsExactlyInAnyOrder(1L, 2L);
        assertThat(index.get("c")).isEmpty();
        assertThat(index.keySet()).containsExactlyInAnyOrder("a", "b");
        assertThat(index.containsEntry("a", 2L)).isTrue();
        assertThat(index.containsEntry("b", 2L)).isFalse();
        assertThat(index.containsKey("b")).isTrue();
        assertThat(index.remove("b", 2L)).isFalse();
        assertThat(index.remove("b", 1L)).isTrue();
        assertThat(index.containsKey("b")).isFalse();
        assertThat(index.removeAll("a")).isTrue();
        assertThat(index.removeAll("a")).isFalse();
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void viewsAreLive() {
        Set<Long> values = index.get("a");
        assertThat(values.add(1L)).isTrue();
        assertThat(index.containsEntry("a", 1L)).isTrue();
        index.put("a", 2L);
        assertThat(values).hasSize(2).contains(2L);
        index.put("b", 3L);
        assertThat(index.keySet().remove("a")).isTrue();
        assertThat(values).isEmpty();
        Iterator<String> keys = index.keySet().iterator();
        assertThat(keys.next()).isEqualTo("b");
        keys.remove();
        assertThat(index.size()).isZero();
        List<String> entries = new ArrayList<>();
        index.put("x", 5L);
        index.forEach((key, value) -> entries.add(key + value));
        assertThat(entries).containsExactly("x5");
    }

    @Test
    void nullsAreRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> index.put(null, 1L)).withMessage("key");
        assertThatNullPointerException().isThrownBy(() -> index.put("a", null)).withMessage("value");
        assertThatNullPointerException().isThrownBy(() -> index.get(null));
    }

    @Test
    void keysAndValuesDoNotRunIntoEachOther() {
        KVMultimap<String, String> texts = typed.multimap("texts", String.class, String.class);
        texts.put("a", "bc");
        assertThat(texts.containsEntry("ab", "c")).isFalse();
        assertThat(texts.put("ab", "c")).isTrue();
        assertThat(texts.put("", "abc")).isTrue();
        assertThat(texts.put("abc", "")).isTrue();
        assertThat(texts.size()).isEqualTo(4);
        assertThat(texts.get("")).containsExactly("abc");
    }

    @Test
    void whatIsTooLongIsRefusedWithTheLimit() {
        KVMultimap<String, String> texts = typed.multimap("texts", String.class, String.class);
        texts.put("k".repeat(65_000), "v".repeat(533));
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> texts.put("k".repeat(65_000), "v".repeat(534)))
                .matches(e -> e.code() == KVErrorCode.KEY_TOO_LARGE)
                .withMessageContainingAll("multimap \"texts\"", "65000", "534", "65533");
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> texts.put("k".repeat(65_530), ""))
                .matches(e -> e.code() == KVErrorCode.KEY_TOO_LARGE)
                .withMessageContainingAll("multimap \"texts\"", "65530", "65527");
        assertThat(texts.size()).isEqualTo(1);
    }

    @Test
    void oneMoreValueCostsTheSameWhateverTheNumber() {
        for (long i = 0; i < 20_000; i++) {
            index.put("a", i);
        }
        long before = store.stats().logBytes();
        index.put("a", -1L);
        index.remove("a", 5L);
        assertThat(store.stats().logBytes() - before).isLessThan(1_000);
        assertThat(new HashSet<>(index.get("a"))).hasSize(20_000).contains(-1L).doesNotContain(5L);
        assertThat(index.removeAll("a")).isTrue();
        assertThat(index.size()).isZero();
        assertThat(index.keySet()).isEmpty();
    }

    @Test
    void aClearIsCheapAndSeenByAllHandles() {
        KVMultimap<String, Long> other = TypedStore.of(store).multimap("index", String.class, Long.class);
        for (long i = 0; i < 1_000; i++) {
            index.put("a", i);
        }
        assertThat(other.size()).isEqualTo(1_000);
        long before = store.stats().logBytes();
        index.clear();
        assertThat(store.stats().logBytes() - before).isLessThan(1_000);
        assertThat(other.size()).isZero();
        other.put("a", 1L);
        assertThat(index.get("a")).containsExactly(1L);
        reopen();
        openIndex();
        assertThat(index.get("a")).containsExactly(1L);
        assertThat(store.bucketNames()).noneMatch(name -> name.startsWith("typed:1-0:"));
    }

    @Test
    void removeAllOfFewValuesIsOneStep() {
        index.put("a", 1L);
        AtomicInteger transactions = new AtomicInteger();
        KVStore counted = (KVStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KVStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("begin") && transactions.incrementAndGet() > 1) {
                        // What is added after the removal is none of what was removed.
                        index.put("a", 2L);
                    }
                    return method.invoke(store, arguments);
                });
        KVMultimap<String, Long> other = TypedStore.of(counted).multimap("index", String.class, Long.class);
        assertThat(other.removeAll("a")).isTrue();
        assertThat(transactions).hasValue(1);
        assertThat(index.containsKey("a")).isFalse();
    }

    @Test
    void removeAllOfManyValuesRemovesAllOfThem() {
        typed.transact(tx -> {
            KVMultimap<String, Long> inside = tx.multimap("index", String.class, Long.class);
            for (long i = 0; i < 10_000; i++) {
                inside.put("a", i);
            }
            return null;
        });
        assertThat(index.removeAll("a")).isTrue();
        assertThat(index.containsKey("a")).isFalse();
        assertThat(index.size()).isZero();
    }

    @Test
    void anEntryThatARepairHasSetBackIsFoundByItsBuckets() {
        index.put("a", 1L);
        byte[] key = Catalog.key("index");
        byte[] before = store.bucket(Catalog.BUCKET).get(key);
        index.clear();
        index.put("a", 2L);
        store.bucket(Catalog.BUCKET).put(key, before);
        reopen();
        openIndex();
        assertThat(index.get("a")).containsExactly(2L);
    }

    @Test
    void aCrashInTheMiddleOfAClearLeavesNothingOld() {
        index.put("a", 1L);
        byte[] key = Catalog.key("index");
        CatalogEntry entry =
                CatalogEntry.decode("index", store.bucket(Catalog.BUCKET).get(key));
        store.bucket(Catalog.BUCKET).put(key, entry.withGeneration(1).encode());
        store.dropBucket("typed:1-0:slots"); // and here the program was killed
        reopen();
        openIndex();
        assertThat(index.size()).isZero();
        assertThat(index.put("a", 1L)).isTrue();
        assertThat(store.bucketNames()).noneMatch(name -> name.startsWith("typed:1-0:"));
    }

    @Test
    void aMissingSlotIsToldAsDamage() {
        index.put("a", 1L);
        index.put("a", 2L);
        store.bucket("typed:1-0:slots").delete(slotOfA(1));
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> index.remove("a", 1L))
                .matches(e -> e.code() == KVErrorCode.CORRUPTION)
                .withMessageContainingAll("multimap \"index\"", "typed:1-0:slots");
    }

    private static byte[] slotOfA(long slot) {
        byte[] key = new byte[9];
        key[0] = Serializers.ofString().serialize("a")[0];
        Numbers.write(key, 1, slot);
        return key;
    }

    @Test
    @Tag("model")
    void randomOperationsAgreeWithAPlainModel() {
        long seed = Seeds.next(getClass());
        Random random = new Random(seed);
        Map<String, Set<Long>> model = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            String key = "k" + random.nextInt(5);
            long value = random.nextInt(40);
            Set<Long> values = model.computeIfAbsent(key, k -> new TreeSet<>());
            switch (random.nextInt(20)) {
                case 0 -> {
                    assertThat(new TreeSet<>(index.get(key)))
                            .as("seed %d", seed)
                            .isEqualTo(values);
                    assertThat(index.get(key)).hasSize(values.size());
                }
                case 1 -> {
                    if (random.nextInt(20) == 0) {
                        assertThat(index.removeAll(key)).isEqualTo(!values.isEmpty());
                        values.clear();
                    }
                }
                case 2 -> {
                    if (random.nextInt(100) == 0) {
                        index.clear();
                        model.clear();
                    }
                }
                case 3, 4, 5, 6, 7, 8 ->
                    assertThat(index.remove(key, value)).as("seed %d", seed).isEqualTo(values.remove(value));
                default -> assertThat(index.put(key, value)).as("seed %d", seed).isEqualTo(values.add(value));
            }
        }
        assertThat(index.size())
                .isEqualTo(model.values().stream().mapToInt(Set::size).sum());
    }
}
