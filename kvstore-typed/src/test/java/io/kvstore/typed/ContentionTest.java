package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVStore;
import io.kvstore.typed.testing.Crew;
import io.kvstore.typed.testing.Seeds;
import io.kvstore.typed.testing.StoreKind;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on one collection, each with a {@link TypedStore} of its own: nothing is lost, nothing counts twice. */
@Tag("concurrency")
class ContentionTest {
    private static final int THREADS = 4;
    private static final int TIMES = 2_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void noUpdateIsLost(StoreKind kind) {
        KVStore store = kind.open(directory.resolve("store"));
        AtomicLong puts = new AtomicLong();
        AtomicLong seen = new AtomicLong();
        try (Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                crew.start("updater " + t, () -> {
                    TypedStore typed = TypedStore.of(store);
                    KVMap<String, Long> map = typed.map("map", String.class, Long.class);
                    KVCounter counter = typed.counter("counter");
                    for (int i = 0; i < TIMES; i++) {
                        map.merge("merge", 1L, Long::sum);
                        map.compute("compute", (k, v) -> v == null ? 1 : v + 1);
                        counter.increment();
                        // Of all values that are put, each is handed out once as the one before.
                        long mine = (long) thread * TIMES + i + 1;
                        puts.addAndGet(mine);
                        Long before = map.put("put", mine);
                        seen.addAndGet(before == null ? 0 : before);
                        typed.<Long, RuntimeException>transact(
                                tx -> tx.counter("in transactions").addAndGet(1));
                    }
                });
            }
        }
        KVStore again = kind.reopen(store, directory.resolve("store"));
        try (again) {
            TypedStore typed = TypedStore.of(again);
            KVMap<String, Long> map = typed.map("map", String.class, Long.class);
            assertThat(map.get("merge")).isEqualTo(THREADS * TIMES);
            assertThat(map.get("compute")).isEqualTo(THREADS * TIMES);
            assertThat(typed.counter("counter").get()).isEqualTo(THREADS * TIMES);
            assertThat(typed.counter("in transactions").get()).isEqualTo(THREADS * TIMES);
            assertThat(seen.get() + map.get("put")).isEqualTo(puts.get());
        }
    }

    /** An element: who added it, and its number among those of that thread. */
    private static long element(int producer, long number) {
        return producer * 1_000_000L + number;
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvstore:file:", "kvstore:mem:", "kvstore:file:?durability=sync"})
    void eachElementIsTakenOnceAndInTheOrderOfItsProducer(String url) {
        boolean sync = url.contains("sync");
        int times = sync ? 300 : TIMES;
        String at = url.replace(":?", ":" + directory.resolve("store") + "?");
        KVStore store = KVStore.open(at.equals(url) ? url + directory.resolve("store") : at);
        ConcurrentMap<Long, Boolean> taken = new ConcurrentHashMap<>();
        AtomicInteger left = new AtomicInteger(THREADS * times);
        try (store;
                Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                crew.start("producer " + t, () -> {
                    TypedStore typed = TypedStore.of(store);
                    KVQueue<Long> queue = typed.queue("queue", Long.class);
                    for (int i = 0; i < times && !crew.hasFailed(); i++) {
                        long element = element(thread, i);
                        if (i % 4 == 0) {
                            typed.transact(tx -> tx.queue("queue", Long.class).add(element));
                        } else {
                            queue.add(element);
                        }
                    }
                });
                crew.start("consumer " + t, () -> {
                    TypedStore typed = TypedStore.of(store);
                    KVQueue<Long> queue = typed.queue("queue", Long.class);
                    long[] last = {-1, -1, -1, -1};
                    for (int i = 0; left.get() > 0 && !crew.hasFailed(); i++) {
                        Long element = i % 4 == 0
                                ? typed.<Long, RuntimeException>transact(
                                        tx -> tx.queue("queue", Long.class).poll())
                                : queue.poll(1, TimeUnit.MILLISECONDS);
                        if (element != null) {
                            left.decrementAndGet();
                            assertThat(taken.put(element, true)).isNull();
                            int producer = (int) (element / 1_000_000);
                            assertThat(element % 1_000_000).isGreaterThan(last[producer]);
                            last[producer] = element % 1_000_000;
                        }
                    }
                });
            }
        }
        assertThat(taken).hasSize(THREADS * times);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAddedDuringClearsIsTakenOrCleared(StoreKind kind) {
        try (KVStore store = kind.open(directory.resolve("store"))) {
            AtomicInteger producers = new AtomicInteger(2);
            ConcurrentLinkedQueue<Long> taken = new ConcurrentLinkedQueue<>();
            try (Crew crew = new Crew()) {
                for (int t = 0; t < 2; t++) {
                    int thread = t;
                    crew.start("producer " + t, () -> {
                        KVQueue<Long> queue = TypedStore.of(store).queue("queue", Long.class);
                        for (int i = 0; i < TIMES; i++) {
                            queue.add(element(thread, i));
                            if (i % 500 == 499) {
                                queue.clear();
                            }
                        }
                        producers.decrementAndGet();
                    });
                    crew.start("consumer " + t, () -> {
                        KVQueue<Long> queue = TypedStore.of(store).queue("queue", Long.class);
                        while (true) {
                            boolean last = producers.get() == 0;
                            Long element = queue.poll();
                            if (element != null) {
                                taken.add(element);
                            } else if (last) {
                                return;
                            }
                        }
                    });
                }
            }
            assertThat(new HashSet<>(taken)).hasSize(taken.size());
            KVQueue<Long> queue = TypedStore.of(store).queue("queue", Long.class);
            assertThat(queue).isEmpty();
            queue.add(1L);
            assertThat(queue.poll()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBucketsOfAMultimapStayTogether(StoreKind kind) {
        long seed = Seeds.next(getClass());
        KVStore store = kind.open(directory.resolve("store"));
        AtomicLong balance = new AtomicLong();
        try (Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                SplittableRandom random = new SplittableRandom(seed + t);
                crew.start("writer " + t, () -> {
                    KVMultimap<String, Long> index = TypedStore.of(store).multimap("index", String.class, Long.class);
                    for (int i = 0; i < TIMES; i++) {
                        String key = "k" + random.nextInt(3);
                        long value = random.nextInt(30);
                        if (random.nextInt(5) < 3) {
                            balance.addAndGet(index.put(key, value) ? 1 : 0);
                        } else {
                            balance.addAndGet(index.remove(key, value) ? -1 : 0);
                        }
                    }
                });
            }
        }
        KVStore again = kind.reopen(store, directory.resolve("store"));
        try (again) {
            KVMultimap<String, Long> index = TypedStore.of(again).multimap("index", String.class, Long.class);
            assertThat(index.size()).as("seed %d", seed).isEqualTo((int) balance.get());
            int values = 0;
            for (String key : index.keySet()) {
                List<Long> of = List.copyOf(index.get(key));
                Set<Long> distinct = new HashSet<>(of);
                assertThat(of).as("seed %d", seed).hasSameSizeAs(distinct).allMatch(v -> index.containsEntry(key, v));
                values += of.size();
            }
            assertThat(values).isEqualTo(index.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfAMultimapIsLostBesideClears(StoreKind kind) {
        try (KVStore store = kind.open(directory.resolve("store"))) {
            try (Crew crew = new Crew()) {
                for (int t = 0; t < 2; t++) {
                    String key = "key " + t;
                    crew.start("writer " + t, () -> {
                        KVMultimap<String, Long> index =
                                TypedStore.of(store).multimap("index", String.class, Long.class);
                        for (long i = 0; i < TIMES; i++) {
                            index.put(key, i);
                            index.remove(key, i - 1);
                            if (i % 200 == 100) {
                                index.clear();
                            }
                        }
                    });
                }
            }
            KVMultimap<String, Long> index = TypedStore.of(store).multimap("index", String.class, Long.class);
            for (String key : index.keySet()) {
                assertThat(index.get(key)).allMatch(v -> index.containsEntry(key, v));
            }
            assertThat(store.bucketNames().stream().filter(name -> name.endsWith(":entries")))
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(index.size())
                    .isEqualTo(index.keySet().stream()
                            .mapToInt(key -> index.get(key).size())
                            .sum());
        }
    }
}
