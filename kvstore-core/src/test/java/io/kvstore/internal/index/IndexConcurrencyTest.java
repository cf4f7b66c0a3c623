package io.kvstore.internal.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One writer, some readers without a lock. Some keys are there all the time and only change their locations; others
 * come and go, and make the tables grow, split, shrink and reuse their slots.
 */
@Tag("concurrency")
class IndexConcurrencyTest {
    private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** More threads than most machines have processors: some are interrupted in the middle of a read. */
    private static final int READERS = 3;

    private static final long SEED = Seeds.next(IndexConcurrencyTest.class);
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean done;

    /** A location that tells its key and how often that key was put before. */
    private static long location(int id, long generation) {
        return Location.of((int) (generation >>> 9), (int) ((generation & 511) << 17 | (id + 1)) * 8, 0, false);
    }

    private static int id(long location) {
        return (Location.offset(location) / 8 & (1 << 17) - 1) - 1;
    }

    private static long generation(long location) {
        return (long) Location.slot(location) << 9 | Location.offset(location) / 8 >>> 17;
    }

    /**
     * An index with its keys, of which the first ones are always present. Each put of a key is a generation; the writer
     * tells which generations it begins and has ended to put and to remove, so that a reader knows what it may find.
     */
    private static final class World {
        final ShardedIndex index = new ShardedIndex();
        final Hash[] keys;
        final int stable;
        final AtomicLongArray putBegun;
        final AtomicLongArray putEnded;
        final AtomicLongArray removeBegun;
        final AtomicLongArray removeEnded;

        /** What the writer wrote before it put a location: plain, so that only the index publishes it. */
        final long[] written;

        World(Hash[] keys, int stable) {
            this.keys = keys;
            this.stable = stable;
            putBegun = new AtomicLongArray(keys.length);
            putEnded = new AtomicLongArray(keys.length);
            removeBegun = new AtomicLongArray(keys.length);
            removeEnded = new AtomicLongArray(keys.length);
            written = new long[keys.length];
            for (int id = 0; id < stable; id++) {
                put(id);
            }
        }

        void put(int id) {
            long generation = putBegun.get(id) + 1;
            putBegun.set(id, generation);
            written[id] = generation;
            index.prepare(keys[id]);
            index.put(keys[id], location(id, generation));
            putEnded.set(id, generation);
        }

        void remove(int id) {
            removeBegun.set(id, putEnded.get(id));
            index.prepare(keys[id]);
            index.remove(keys[id]);
            removeEnded.set(id, putEnded.get(id));
        }

        void read(int id) {
            long put = putEnded.get(id);
            long removed = removeEnded.get(id);
            long location = index.get(keys[id]);
            long payload = written[id];
            long putsBegun = putBegun.get(id);
            String defect = "";
            if (location == Location.NONE) {
                defect = put > removeBegun.get(id) ? "absent, though it was present all the time" : "";
            } else if (id(location) == id) {
                long generation = generation(location);
                boolean current = generation >= put && generation > removed && generation <= putsBegun;
                defect = !current ? "not current: generation " + generation : "";
                defect = payload < generation ? "published without what was written before" : defect;
            } else {
                defect = "found key " + id(location);
            }
            if (!defect.isEmpty()) {
                throw new AssertionError("key " + id + " of " + stable + " stable and " + keys.length + " keys, at "
                        + "generations " + put + " (removed " + removed + ") to " + putsBegun + ": " + defect);
            }
        }
    }

    @Test
    void presentKeysAreFoundWhileTablesGrowSplitAndShrink() {
        AtomicLong rounds = new AtomicLong();
        run(growing(0), (current, random) -> {
            rounds.incrementAndGet();
            for (int id = current.stable; id < current.keys.length; id++) {
                current.put(id);
                if (id % 16 == 0) {
                    current.put(random.nextInt(current.stable));
                }
                if (id % 5 == 0) {
                    current.remove(current.stable + random.nextInt(id - current.stable + 1));
                }
            }
            for (int id = current.stable; id < current.keys.length; id++) {
                current.remove(id);
            }
            // Tables split only once in the life of an index.
            return rounds.get() % 2 == 0 ? growing(rounds.get()) : current;
        });
        assertThat(rounds.get()).as("seed %d: rounds", SEED).isGreaterThan(1);
    }

    private World growing(long round) {
        SplittableRandom random = new SplittableRandom(SEED + round);
        Hash[] keys = new Hash[50_000];
        for (int id = 0; id < keys.length; id++) {
            keys[id] = new Hash(random.nextLong(), random.nextLong());
        }
        return new World(keys, 500);
    }

    /** All keys share their home slot and all the bits that stand beside the location: what tells them apart races. */
    @ParameterizedTest
    @ValueSource(ints = {6, 40})
    void presentKeysAreFoundWhileTheSlotsAroundThemAreReused(int count) {
        Hash[] keys = new Hash[count];
        for (int id = 0; id < keys.length; id++) {
            // Half of them share the extra bits, too.
            keys[id] = new Hash(0xFFFF_FFFE_0000_0000L | id, (id % 2 == 0 ? 0L : id) << 32 | 0x5555);
        }
        run(new World(keys, count / 4), (world, random) -> {
            for (int i = 0; i < 10_000; i++) {
                int id = random.nextInt(world.keys.length);
                if (id < world.stable || random.nextBoolean()) {
                    world.put(id);
                } else {
                    world.remove(id);
                }
            }
            return world;
        });
    }

    private interface Writer {
        World write(World world, SplittableRandom random);
    }

    private void run(World first, Writer writer) {
        Shared world = new Shared(first);
        try (Crew crew = new Crew()) {
            crew.start("writer", () -> {
                try {
                    SplittableRandom random = new SplittableRandom(SEED);
                    long end = System.nanoTime() + RUN_NANOS;
                    while (System.nanoTime() < end && !crew.hasFailed()) {
                        world.current = writer.write(world.current, random);
                    }
                } finally {
                    done = true;
                }
            });
            for (int i = 0; i < READERS; i++) {
                long readerSeed = SEED + 1 + i;
                crew.start("reader-" + i, () -> {
                    SplittableRandom random = new SplittableRandom(readerSeed);
                    while (!done && !crew.hasFailed()) {
                        World current = world.current;
                        for (int j = 0; j < 50; j++) {
                            current.read(random.nextInt(current.stable));
                            current.read(current.stable + random.nextInt(current.keys.length - current.stable));
                        }
                        reads.addAndGet(100);
                    }
                });
            }
        }
        assertThat(reads.get()).as("seed %d: reads", SEED).isGreaterThan(10_000);
    }

    /** What the writer hands to the readers when it starts over. */
    private static final class Shared {
        volatile World current;

        Shared(World first) {
            current = first;
        }
    }
}
