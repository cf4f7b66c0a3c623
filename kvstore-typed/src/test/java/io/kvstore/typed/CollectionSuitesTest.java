package io.kvstore.typed;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.TestStringSetGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.kvstore.typed.testing.SharedStore;
import io.kvstore.typed.testing.StoreKind;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import junit.framework.Test;
import junit.framework.TestSuite;

/** The collections against the contracts of {@code java.util}, by the suites of Guava, over each kind of store. */
public final class CollectionSuitesTest {
    private CollectionSuitesTest() {}

    public static Test suite() {
        TestSuite all = new TestSuite("typed collections");
        for (StoreKind kind : StoreKind.values()) {
            SharedStore shared = new SharedStore(kind);
            all.addTest(map(kind, shared));
            all.addTest(set(kind, shared));
            all.addTest(queue(kind, shared));
            all.addTest(valuesOfAKey(kind, shared));
        }
        return all;
    }

    private static Test map(StoreKind kind, SharedStore shared) {
        return ConcurrentMapTestSuiteBuilder.using(new TestStringMapGenerator() {
                    @Override
                    protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                        KVMap<String, String> map = shared.typed().map(shared.newName(), String.class, String.class);
                        for (Map.Entry<String, String> entry : entries) {
                            map.put(entry.getKey(), entry.getValue());
                        }
                        return map;
                    }
                })
                .named("KVMap " + kind)
                .withFeatures(
                        CollectionSize.ANY, MapFeature.GENERAL_PURPOSE, CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
                .withTearDown(shared::forget)
                .createTestSuite();
    }

    private static Test set(StoreKind kind, SharedStore shared) {
        return SetTestSuiteBuilder.using(new TestStringSetGenerator() {
                    @Override
                    protected Set<String> create(String[] elements) {
                        KVSet<String> set = shared.typed().set(shared.newName(), String.class);
                        set.addAll(List.of(elements));
                        return set;
                    }
                })
                .named("KVSet " + kind)
                .withFeatures(CollectionSize.ANY, CollectionFeature.GENERAL_PURPOSE)
                .withTearDown(shared::forget)
                .createTestSuite();
    }

    private static Test queue(StoreKind kind, SharedStore shared) {
        return QueueTestSuiteBuilder.using(new TestStringQueueGenerator() {
                    @Override
                    protected Queue<String> create(String[] elements) {
                        KVQueue<String> queue = shared.typed().queue(shared.newName(), String.class);
                        queue.addAll(List.of(elements));
                        return queue;
                    }
                })
                .named("KVQueue " + kind)
                .withFeatures(CollectionSize.ANY, CollectionFeature.GENERAL_PURPOSE, CollectionFeature.KNOWN_ORDER)
                .withTearDown(shared::forget)
                .createTestSuite();
    }

    private static Test valuesOfAKey(StoreKind kind, SharedStore shared) {
        return SetTestSuiteBuilder.using(new TestStringSetGenerator() {
                    @Override
                    protected Set<String> create(String[] elements) {
                        KVMultimap<String, String> multimap =
                                shared.typed().multimap(shared.newName(), String.class, String.class);
                        multimap.put("other", "b");
                        for (String element : elements) {
                            multimap.put("key", element);
                        }
                        return multimap.get("key");
                    }
                })
                .named("KVMultimap.get " + kind)
                .withFeatures(CollectionSize.ANY, CollectionFeature.GENERAL_PURPOSE)
                .withTearDown(shared::forget)
                .createTestSuite();
    }
}
