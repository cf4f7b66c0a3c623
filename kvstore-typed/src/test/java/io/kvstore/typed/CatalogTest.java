package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kvstore.KVBucket;
import io.kvstore.KVClosedException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.typed.serializer.Serializer;
import io.kvstore.typed.serializer.Serializers;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store remembers of its collections, and how they go. */
class CatalogTest extends CollectionTest {
    record Order(String id) {}

    record Renamed(String id) {}

    private static void refused(Runnable open, String... parts) {
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(open::run)
                .matches(e -> e.code() == KVErrorCode.WRONG_COLLECTION)
                .withMessageContainingAll(parts);
    }

    @Test
    void aCollectionIsOpenedAsNothingElse() {
        typed.map("orders", String.class, Order.class);
        reopen();
        String is = "collection \"orders\" is a map of \"string\" (java.lang.String) to \"cbor\" ("
                + Order.class.getName() + "), and cannot be opened as ";
        refused(() -> typed.set("orders", UUID.class), is + "a set of \"uuid\" (java.util.UUID): ");
        refused(() -> typed.queue("orders", Order.class), is + "a queue of \"cbor\"");
        refused(() -> typed.counter("orders"), is + "a counter: ");
        refused(() -> typed.multimap("orders", String.class, Order.class), is + "a multimap of \"string\"");
        refused(() -> typed.map("orders", Long.class, Order.class), is + "a map of \"long\"");
        refused(() -> typed.map("orders", String.class, Long.class), is, "to \"long\"");
        refused(() -> typed.transact(tx -> tx.counter("orders").get()), is);
        typed.map("orders", String.class, Renamed.class);
    }

    @Test
    void serializersOfTheUserAreKnownByTheirId() {
        Serializer<String> upper = new Serializer<>() {
            @Override
            public byte[] serialize(String value) {
                return Serializers.ofString().serialize(value.toUpperCase(java.util.Locale.ROOT));
            }

            @Override
            public String deserialize(byte[] bytes) {
                return Serializers.ofString().deserialize(bytes);
            }

            @Override
            public String id() {
                return "upper";
            }
        };
        KVMap<String, Long> map = typed.map("x", upper, Serializers.ofLong());
        map.put("a", 1L);
        assertThat(map.get("A")).isEqualTo(1);
        assertThat(map).containsOnlyKeys("A");
        refused(() -> typed.map("x", String.class, Long.class), "\"upper\"", "\"string\"");
        typed.set("s", upper).add("b");
        typed.queue("q", upper).add("c");
        typed.multimap("m", upper, upper).put("d", "e");
        assertThat(typed.multimap("m", upper, upper).get("D")).containsExactly("E");
    }

    @Test
    void collectionsAreListedWithKindIdsAndSize() {
        assertThat(typed.collections()).isEmpty();
        typed.map("orders", String.class, Order.class).put("a", new Order("a"));
        typed.set("seen", UUID.class);
        typed.queue("jobs", Serializers.ofLong()).addAll(List.of(1L, 2L));
        typed.counter("hits").increment();
        typed.multimap("index", String.class, Long.class).put("a", 1L);
        typed.multimap("index", String.class, Long.class).put("a", 2L);
        assertThat(typed.collections())
                .containsExactly(
                        new CollectionInfo("hits", CollectionKind.COUNTER, "", "", "", "", 1),
                        new CollectionInfo(
                                "index",
                                CollectionKind.MULTIMAP,
                                "string",
                                "long",
                                "java.lang.String",
                                "java.lang.Long",
                                2),
                        new CollectionInfo("jobs", CollectionKind.QUEUE, "", "long", "", "", 2),
                        new CollectionInfo(
                                "orders",
                                CollectionKind.MAP,
                                "string",
                                "cbor",
                                "java.lang.String",
                                Order.class.getName(),
                                1),
                        new CollectionInfo("seen", CollectionKind.SET, "", "uuid", "", "java.util.UUID", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uD800"})
    void aNameIsUtf8(String name) {
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> typed.counter(name))
                .matches(e -> e.code() == KVErrorCode.INVALID_BUCKET_NAME)
                .withMessageContaining("collection name");
    }

    @Test
    void aNameHasUpTo255Bytes() {
        typed.multimap("\u00e4".repeat(127) + "a", String.class, Long.class).put("a", 1L);
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> typed.counter("\u00e4".repeat(128)))
                .matches(e -> e.code() == KVErrorCode.INVALID_BUCKET_NAME)
                .withMessageContainingAll("256 bytes", "1 to 255");
        assertThatNullPointerException().isThrownBy(() -> typed.counter(null)).withMessage("name");
        assertThat(typed.collections()).hasSize(1);
    }

    @Test
    void rawBucketsOfTheSameNameAreApart() {
        store.bucket("orders").put(new byte[1], new byte[1]);
        KVMap<String, Long> orders = typed.map("orders", String.class, Long.class);
        orders.put("a", 1L);
        orders.clear();
        typed.drop("orders");
        assertThat(store.bucket("orders").size()).isEqualTo(1);
    }

    @Test
    void rawBucketsThatOnlyLookAlikeAreLeftAlone() {
        Set<String> names = Set.of("typed:a:b", "typed:", "typed:9-0", "Typed:9-0:data", "typed:9-0:data2");
        names.forEach(name -> store.bucket(name).put(new byte[1], new byte[1]));
        reopen();
        assertThat(store.bucketNames()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void aDroppedNameIsFreeForAnything() {
        KVMap<String, Long> map = typed.map("x", String.class, Long.class);
        map.put("a", 1L);
        assertThat(typed.drop("x")).isTrue();
        assertThat(typed.drop("x")).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> map.put("b", 2L))
                .withMessageContaining("map \"x\" was dropped");
        assertThat(typed.set("x", String.class)).isEmpty();
        typed.drop("x");
        KVMultimap<String, Long> multimap = typed.multimap("x", String.class, Long.class);
        multimap.put("a", 1L);
        TypedStore.of(store).drop("x");
        assertThatIllegalStateException().isThrownBy(() -> multimap.put("b", 2L));
        typed.queue("x", Long.class).add(1L);
        typed.drop("x");
        assertThat(typed.queue("x", Long.class)).isEmpty();
        assertThat(typed.collections()).hasSize(1);
    }

    @Test
    void aDropIsToldToTheHandlesOfAllStoreObjects() {
        KVSet<String> set = TypedStore.of(store).set("x", String.class);
        typed.drop("x");
        assertThatIllegalStateException().isThrownBy(() -> set.add("a")).withMessageContaining("set \"x\" was dropped");
        assertThat(TypedStore.of(store).set("x", String.class).add("a")).isTrue();
    }

    @Test
    void whatAHandleWritesAfterADropTurnsUpNowhere() {
        typed.map("x", String.class, Long.class);
        typed.drop("x");
        store.bucket("typed:1-0:data").put(new byte[1], new byte[1]); // as a handle does that was not told
        KVMap<String, Long> map = typed.map("x", String.class, Long.class);
        assertThat(map).isEmpty();
        assertThat(store.bucketNames()).contains("typed:1-0:data");
        reopen();
        assertThat(store.bucketNames()).doesNotContain("typed:1-0:data");
    }

    @Test
    void aCrashInTheMiddleOfADropLeavesNothing() {
        typed.multimap("x", String.class, Long.class).put("a", 1L);
        typed.queue("y", Long.class).add(1L);
        typed.map("z", String.class, Long.class).put("a", 1L);
        Catalog catalog = new Catalog(store);
        for (String name : List.of("x", "y")) {
            catalog.remove(name);
        }
        store.dropBucket("typed:1-0:entries"); // and here the program was killed
        reopen();
        assertThat(store.bucket(Catalog.BUCKET).size()).as("z, and the last id").isEqualTo(2);
        assertThat(store.bucketNames()).containsExactlyInAnyOrder("typed:3-0:data", Catalog.BUCKET);
        assertThat(typed.multimap("x", String.class, Long.class).size()).isZero();
        assertThat(typed.map("z", String.class, Long.class)).hasSize(1);
    }

    @Test
    void whatARepairHasSavedStaysThoughTheCatalogHasLostIt() {
        typed.map("a", String.class, Long.class).put("k", 1L);
        KVBucket catalog = store.bucket(Catalog.BUCKET);
        byte[] entry = catalog.get(Catalog.key("a"));
        catalog.delete(Catalog.key("a"));
        catalog.delete(new byte[0]);
        reopen();
        typed.map("b", String.class, Long.class).put("k", 2L);
        assertThat(store.bucketNames()).contains("typed:1-0:data", "typed:2-0:data");
        store.bucket(Catalog.BUCKET).put(Catalog.key("a"), entry);
        reopen();
        assertThat(typed.map("a", String.class, Long.class)).containsEntry("k", 1L);
        assertThat(typed.map("b", String.class, Long.class)).containsEntry("k", 2L);
    }

    @Test
    void anEntryOfANewerVersionIsRefusedByName() {
        store.bucket(Catalog.BUCKET).put(Catalog.key("x"), new byte[] {9});
        assertThatExceptionOfType(KVException.class)
                .isThrownBy(() -> typed.counter("x"))
                .matches(e -> e.code() == KVErrorCode.UNSUPPORTED_FORMAT)
                .withMessageContaining("collection \"x\"");
    }

    @Test
    void aStoreThatIsReadOnlyIsRead() {
        typed.map("x", String.class, Long.class).put("a", 1L);
        typed.multimap("m", String.class, Long.class).put("a", 1L);
        typed.queue("q", String.class).add("a");
        store.bucket("typed:77-0:data").put(new byte[1], new byte[1]);
        close();
        try (KVStore reader = KVStore.open(
                directory.resolve("store"), KVOptions.builder().readOnly(true).build())) {
            TypedStore only = TypedStore.of(reader);
            assertThat(only.map("x", String.class, Long.class)).hasSize(1);
            assertThat(only.multimap("m", String.class, Long.class).get("a")).containsExactly(1L);
            assertThat(only.queue("q", String.class).peek()).isEqualTo("a");
            assertThat(only.set("absent", String.class)).isEmpty();
            assertThat(only.counter("absent").get()).isZero();
            assertThat(only.queue("absent", String.class).poll()).isNull();
            assertThat(only.multimap("absent", String.class, String.class).get("a"))
                    .isEmpty();
            assertThat(only.<Integer, RuntimeException>transact(
                            tx -> tx.set("absent", String.class).size()))
                    .isZero();
            for (Runnable write : List.<Runnable>of(
                    () -> only.set("absent", String.class).add("a"),
                    () -> only.map("x", String.class, Long.class).clear(),
                    () -> only.queue("q", String.class).poll(),
                    () -> only.multimap("absent", String.class, String.class).put("a", "b"),
                    () -> only.drop("x"))) {
                assertThatExceptionOfType(KVException.class)
                        .isThrownBy(write::run)
                        .matches(e -> e.code() == KVErrorCode.READ_ONLY);
            }
        }
        open();
    }

    @Test
    void afterTheCloseOfTheStoreNothingWorks() {
        KVMap<String, Long> map = typed.map("x", String.class, Long.class);
        store.close();
        assertThatExceptionOfType(KVClosedException.class).isThrownBy(() -> map.get("a"));
        assertThatExceptionOfType(KVClosedException.class).isThrownBy(map::size);
        assertThatExceptionOfType(KVClosedException.class).isThrownBy(() -> typed.counter("y"));
        assertThatExceptionOfType(KVClosedException.class).isThrownBy(() -> TypedStore.of(store));
    }
}
