package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.typed.testing.ChildJvm;
import io.kvstore.typed.testing.Seeds;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A child JVM that adds to a queue and moves what it takes into a multimap, and clears and drops other collections
 * meanwhile, is killed again and again: after each kill every element is in one place.
 */
@Tag("crash")
@Timeout(120)
class KillTest {
    private static final int KILLS = Integer.getInteger("kvstore.test.kills", 3);
    private static final long RUN = 1_000_000;
    private static final KVOptions OPTIONS =
            KVOptions.builder().segmentSize(256 << 10).build();

    @TempDir
    Path directory;

    @Test
    void everyElementIsInOnePlaceAfterKills() throws IOException {
        long seed = Seeds.next(getClass());
        Random random = new Random(seed);
        Set<Long> acknowledged = new HashSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            try (ChildJvm child = ChildJvm.start(Mover.class, directory.toString(), Long.toString(kill * RUN))) {
                int lines = 100 + random.nextInt(1_500);
                for (int i = 0; i < lines; i++) {
                    note(child.readLine(), acknowledged);
                }
                child.kill();
                for (String line = child.readLine(); line != null; line = child.readLine()) {
                    note(line, acknowledged);
                }
                child.waitFor();
            }
            try (KVStore store = KVStore.open(directory, OPTIONS)) {
                verify(store, acknowledged, seed);
            }
        }
        assertThat(acknowledged).isNotEmpty();
    }

    /** A line is an element that was added; the last one may be cut off. */
    private static void note(String line, Set<Long> acknowledged) {
        if (line != null && line.endsWith(".")) {
            acknowledged.add(Long.parseLong(line.substring(0, line.length() - 1)));
        }
    }

    private static void verify(KVStore store, Set<Long> acknowledged, long seed) {
        TypedStore typed = TypedStore.of(store);
        KVQueue<Long> queue = typed.queue("queue", Long.class);
        KVMultimap<Integer, Long> moved = typed.multimap("moved", Integer.class, Long.class);
        List<Long> all = new ArrayList<>(queue);
        assertThat(all).as("in order, seed %d", seed).isSorted();
        assertThat(all).hasSize(queue.size());
        for (int mover : moved.keySet()) {
            List<Long> values = List.copyOf(moved.get(mover));
            assertThat(values).allMatch(value -> moved.containsEntry(mover, value));
            all.addAll(values);
        }
        assertThat(all).as("none twice, seed %d", seed).doesNotHaveDuplicates();
        assertThat(new HashSet<>(all)).as("none lost, seed %d", seed).containsAll(acknowledged);
        assertThat(moved.size() + queue.size()).isEqualTo(all.size());
        assertThat(typed.counter("added").get()).isEqualTo(all.size());
        Long first = queue.peek();
        assertThat(queue.poll()).isEqualTo(first);
        if (first != null) {
            moved.put(9, first);
        }

        // What was cleared and dropped all the time is whole or gone, and its old buckets are gone.
        KVMultimap<String, Long> cleared = typed.multimap("cleared", String.class, Long.class);
        assertThat(cleared.get("a")).hasSize(cleared.size());
        assertThat(store.bucketNames().stream().filter(name -> name.endsWith(":slots")))
                .hasSizeLessThanOrEqualTo(2);
        assertThat(store.bucketNames().stream().filter(name -> name.endsWith(":data")))
                .hasSizeLessThanOrEqualTo(2);
    }

    /** The child. */
    static final class Mover {
        private static final PrintStream OUT = new PrintStream(System.out, true);

        public static void main(String[] args) throws InterruptedException {
            KVStore store = KVStore.open(Path.of(args[0]), OPTIONS);
            TypedStore typed = TypedStore.of(store);
            List<Thread> threads = List.of(
                    new Thread(() -> add(typed, Long.parseLong(args[1]))),
                    new Thread(() -> move(typed, 1)),
                    new Thread(() -> move(typed, 2)),
                    new Thread(() -> clearAndDrop(typed)));
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void add(TypedStore typed, long first) {
            for (long i = 1; ; i++) {
                long element = first + i;
                typed.transact(tx -> {
                    tx.counter("added").increment();
                    return tx.queue("queue", Long.class).add(element);
                });
                OUT.println(element + ".");
            }
        }

        private static void move(TypedStore typed, int mover) {
            while (true) {
                typed.transact(tx -> {
                    Long element = tx.queue("queue", Long.class).poll();
                    return element != null
                            && tx.multimap("moved", Integer.class, Long.class).put(mover, element);
                });
            }
        }

        private static void clearAndDrop(TypedStore typed) {
            while (true) {
                KVMultimap<String, Long> cleared = typed.multimap("cleared", String.class, Long.class);
                KVMap<String, Long> dropped = typed.map("dropped", String.class, Long.class);
                for (long i = 0; i < 5; i++) {
                    cleared.put("a", i);
                    dropped.put("a", i);
                }
                cleared.clear();
                typed.drop("dropped");
            }
        }
    }
}
