package io.kvstore.typed;

import io.kvstore.KVStore;
import io.kvstore.stress.RacedStore;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The verbs of typed collections in random scenarios of three threads, while the tiny segments of the store are merged
 * without pause. Each class of verbs is run twice: on a collection of the store, and on one of the JDK, which tells
 * what it should have answered.
 */
@Tag("concurrency")
class CollectionLinearizabilityTest {
    private static final AtomicInteger LAST = new AtomicInteger();

    private static volatile TypedStore typed;

    @ParameterizedTest
    @ValueSource(classes = {Maps.class, Sets.class, Queues.class, Counters.class, Multimaps.class})
    void verbsInMemoryAreLinearizable(Class<?> verbs) {
        RacedStore.inMemory(store -> check(store, verbs));
    }

    @ParameterizedTest
    @ValueSource(classes = {Maps.class, Sets.class, Queues.class, Counters.class, Multimaps.class})
    void verbsOnTheDiskAreLinearizable(Class<?> verbs, @TempDir Path directory) {
        RacedStore.onDisk(directory, store -> check(store, verbs));
    }

    private static void check(KVStore store, Class<?> verbs) {
        typed = TypedStore.of(store);
        RacedStore.pace(verbs.getDeclaredClasses()[0]).check(verbs);
    }

    /** A name for the collection of one run of a scenario. */
    private static String name() {
        return "c" + LAST.incrementAndGet();
    }

    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class Maps {
        private final Map<Integer, Integer> map;

        public Maps() {
            this(typed.map(name(), Integer.class, Integer.class));
        }

        Maps(Map<Integer, Integer> map) {
            this.map = map;
        }

        @Operation
        public Integer get(@Param(name = "key") int key) {
            return map.get(key);
        }

        @Operation
        public Integer put(@Param(name = "key") int key, @Param(name = "value") int value) {
            return map.put(key, value);
        }

        @Operation
        public Integer putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
            return map.putIfAbsent(key, value);
        }

        @Operation
        public boolean replace(
                @Param(name = "key") int key, @Param(name = "value") int expected, @Param(name = "value") int value) {
            return map.replace(key, expected, value);
        }

        @Operation
        public Integer remove(@Param(name = "key") int key) {
            return map.remove(key);
        }

        @Operation
        public boolean removeIf(@Param(name = "key") int key, @Param(name = "value") int expected) {
            return map.remove(key, expected);
        }

        @Operation
        public Integer merge(@Param(name = "key") int key, @Param(name = "value") int value) {
            return map.merge(key, value, Integer::sum);
        }

        @Operation
        public Integer compute(@Param(name = "key") int key) {
            return map.compute(key, (same, before) -> before == null ? Integer.valueOf(1) : null);
        }

        /** What a map is. */
        public static class Model extends Maps {
            public Model() {
                super(new HashMap<>());
            }
        }
    }

    @Param(name = "element", gen = IntGen.class, conf = "1:2")
    public static class Sets {
        private final Set<Integer> set;

        public Sets() {
            this(typed.set(name(), Integer.class));
        }

        Sets(Set<Integer> set) {
            this.set = set;
        }

        @Operation
        public boolean add(@Param(name = "element") int element) {
            return set.add(element);
        }

        @Operation
        public boolean remove(@Param(name = "element") int element) {
            return set.remove(element);
        }

        @Operation
        public boolean contains(@Param(name = "element") int element) {
            return set.contains(element);
        }

        /** What a set is. */
        public static class Model extends Sets {
            public Model() {
                super(new HashSet<>());
            }
        }
    }

    @Param(name = "element", gen = IntGen.class, conf = "1:3")
    public static class Queues {
        private final Queue<Integer> queue;

        public Queues() {
            this(typed.queue(name(), Integer.class));
        }

        Queues(Queue<Integer> queue) {
            this.queue = queue;
        }

        @Operation
        public boolean offer(@Param(name = "element") int element) {
            return queue.offer(element);
        }

        @Operation
        public Integer poll() {
            return queue.poll();
        }

        @Operation
        public Integer peek() {
            return queue.peek();
        }

        /** What a queue is. */
        public static class Model extends Queues {
            public Model() {
                super(new ArrayDeque<>());
            }
        }
    }

    @Param(name = "number", gen = IntGen.class, conf = "0:3")
    public static class Counters {
        private final KVCounter counter;

        public Counters() {
            this(typed.counter(name()));
        }

        Counters(KVCounter counter) {
            this.counter = counter;
        }

        @Operation
        public long get() {
            return counter.get();
        }

        @Operation
        public void set(@Param(name = "number") int value) {
            counter.set(value);
        }

        @Operation
        public long addAndGet(@Param(name = "number") int delta) {
            return counter.addAndGet(delta);
        }

        @Operation
        public boolean compareAndSet(@Param(name = "number") int expected, @Param(name = "number") int value) {
            return counter.compareAndSet(expected, value);
        }

        /** What a counter is. */
        public static class Model {
            private final AtomicLong counter = new AtomicLong();

            public long get() {
                return counter.get();
            }

            public void set(int value) {
                counter.set(value);
            }

            public long addAndGet(int delta) {
                return counter.addAndGet(delta);
            }

            public boolean compareAndSet(int expected, int value) {
                return counter.compareAndSet(expected, value);
            }
        }
    }

    /** Of one key, so that most scenarios have two verbs of one entry. Scans are of some moment each, and left out. */
    @Param(name = "key", gen = IntGen.class, conf = "1:1")
    @Param(name = "value", gen = IntGen.class, conf = "1:2")
    public static class Multimaps {
        private final KVMultimap<Integer, Integer> multimap;

        public Multimaps() {
            this(typed.multimap(name(), Integer.class, Integer.class));
        }

        Multimaps(KVMultimap<Integer, Integer> multimap) {
            this.multimap = multimap;
        }

        @Operation
        public boolean put(@Param(name = "key") int key, @Param(name = "value") int value) {
            return multimap.put(key, value);
        }

        @Operation
        public boolean remove(@Param(name = "key") int key, @Param(name = "value") int value) {
            return multimap.remove(key, value);
        }

        @Operation
        public boolean removeAll(@Param(name = "key") int key) {
            return multimap.removeAll(key);
        }

        @Operation
        public boolean containsEntry(@Param(name = "key") int key, @Param(name = "value") int value) {
            return multimap.containsEntry(key, value);
        }

        @Operation
        public boolean containsKey(@Param(name = "key") int key) {
            return multimap.containsKey(key);
        }

        @Operation
        public int count(@Param(name = "key") int key) {
            return multimap.get(key).size();
        }

        @Operation
        public void clear() {
            multimap.clear();
        }

        /** What a multimap is. */
        public static class Model {
            private final Map<Integer, Set<Integer>> values = new HashMap<>();

            public boolean put(int key, int value) {
                return values.computeIfAbsent(key, any -> new HashSet<>()).add(value);
            }

            public boolean remove(int key, int value) {
                boolean removed = values.getOrDefault(key, new HashSet<>()).remove(value);
                values.values().removeIf(Set::isEmpty);
                return removed;
            }

            public boolean removeAll(int key) {
                return values.remove(key) != null;
            }

            public boolean containsEntry(int key, int value) {
                return values.getOrDefault(key, Set.of()).contains(value);
            }

            public boolean containsKey(int key) {
                return values.containsKey(key);
            }

            public int count(int key) {
                return values.getOrDefault(key, Set.of()).size();
            }

            public void clear() {
                values.clear();
            }
        }
    }
}
