package io.kvstore.internal.index;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The index with writers under one lock, and readers without, step by step in all orders that the model checker tries.
 * All keys share their home slot, and the table is so full that it grows within a scenario.
 */
@Tag("concurrency")
class IndexModelCheckTest {
    @Test
    void readsAndWritesOfOneIndexAreLinearizable() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(300)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2)
                .sequentialSpecification(MapOfLocations.class)
                .check(LockedIndex.class);
    }

    /** The index as the engine uses it: writers hold the log's lock. */
    @Param(name = "key", gen = IntGen.class, conf = "1:3")
    @Param(name = "location", gen = IntGen.class, conf = "1:4")
    public static class LockedIndex {
        private static final int OTHERS = 5;

        private final ShardedIndex index = new ShardedIndex();
        private final Lock lock = new ReentrantLock();

        public LockedIndex() {
            for (int i = 0; i < OTHERS; i++) {
                index.put(Keys.colliding(100 + i), Keys.location(100 + i));
            }
        }

        @Operation
        public int get(@Param(name = "key") int key) {
            return Keys.look(index, Keys.colliding(key));
        }

        @Operation
        public int put(@Param(name = "key") int key, @Param(name = "location") int location) {
            lock.lock();
            try {
                index.prepare(Keys.colliding(key));
                return Location.slot(index.put(Keys.colliding(key), Keys.location(location)));
            } finally {
                lock.unlock();
            }
        }

        @Operation
        public int remove(@Param(name = "key") int key) {
            lock.lock();
            try {
                index.prepare(Keys.colliding(key));
                return Location.slot(index.remove(Keys.colliding(key)));
            } finally {
                lock.unlock();
            }
        }

        @Operation
        public boolean swap(
                @Param(name = "key") int key,
                @Param(name = "location") int expected,
                @Param(name = "location") int location) {
            lock.lock();
            try {
                return index.compareAndSet(Keys.colliding(key), Keys.location(expected), Keys.location(location));
            } finally {
                lock.unlock();
            }
        }
    }

    /** What an index is to its users. */
    public static class MapOfLocations {
        private final Map<Integer, Integer> locations = new HashMap<>();

        public int get(int key) {
            return locations.getOrDefault(key, 0);
        }

        public int put(int key, int location) {
            Integer former = locations.put(key, location);
            return former == null ? 0 : former;
        }

        public int remove(int key) {
            Integer former = locations.remove(key);
            return former == null ? 0 : former;
        }

        public boolean swap(int key, int expected, int location) {
            return locations.replace(key, expected, location);
        }
    }
}
