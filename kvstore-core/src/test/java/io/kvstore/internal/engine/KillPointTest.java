package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A child JVM in which several threads write, and merges run, is killed by SIGKILL while one of its threads stands in
 * front of a chosen file operation: often one of the recovery after the kill before. Beside {@link KillTest}, which
 * kills at any moment.
 */
@Tag("crash")
@Timeout(300)
class KillPointTest {
    private static final int KILLS = Integer.getInteger("kvstore.test.kills", 3);
    private static final int THREADS = 3;
    private static final int KEYS = 100;

    /** Of these there are too many to come across the others, if all are counted. */
    private static final Set<Operation> FREQUENT = EnumSet.of(Operation.MAPPED_PUT, Operation.OVERWRITE);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void everyPromiseOutlastsAKillInFrontOfAnOperation(Durability durability) throws IOException {
        long seed = Seeds.next(getClass());
        Random random = new Random(seed);
        long[] promised = new long[THREADS];
        List<String> points = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            // Of all magnitudes, so that recovery, rolls and merges are met.
            long operation = (long) Math.exp(random.nextDouble() * Math.log(300));
            try (ChildJvm child =
                    ChildJvm.start(Child.class, directory.toString(), durability.name(), Long.toString(operation))) {
                for (String line = child.readLine(); line != null; line = child.readLine()) {
                    note(line, durability, promised);
                    if (line.startsWith("at ")) {
                        child.kill();
                        points.add(line.substring(3));
                    }
                }
                child.waitFor();
            }
            try (KVStore store = KVStore.open(directory)) {
                for (int thread = 0; thread < THREADS; thread++) {
                    verify(store, thread, promised[thread], "seed " + seed + ", killed in front of " + points);
                }
                assertThat(store.verify().damage()).isEmpty();
            }
        }
        assertThat(points).hasSize(KILLS);
        System.out.println("KillPointTest: " + durability + ", killed in front of " + points);
    }

    /** A line is "acknowledged thread number." or "synced thread number."; the last one may be cut off. */
    private static void note(String line, Durability durability, long[] promised) {
        String[] parts = line.split(" ");
        boolean counts = durability != Durability.BUFFERED || parts[0].equals("synced");
        if (counts && line.endsWith(".") && parts.length == 3) {
            int thread = Integer.parseInt(parts[1]);
            promised[thread] = Math.max(promised[thread], Long.parseLong(parts[2].substring(0, parts[2].length() - 1)));
        }
    }

    /** What the counter says was written is there, and nothing else but the one write that was under way. */
    private static void verify(KVStore store, int thread, long promised, String when) {
        byte[] counter = store.get(Child.counter(thread));
        long last = counter == null ? 0 : Long.parseLong(Bytes.text(counter));
        assertThat(last).as("thread %d, %s", thread, when).isGreaterThanOrEqualTo(promised);
        for (long slot = 0; slot < KEYS; slot++) {
            long latest = last - Math.floorMod(last - slot, (long) KEYS);
            String expected = latest <= 0 || Child.deletes(latest) ? null : Child.value(latest);
            String value = Bytes.text(store.get(Child.key(thread, slot)));
            if ((last + 1) % KEYS == slot && !Child.isBatch(last + 1)) {
                // Its write may have been under way, and a delete comes in two steps.
                String next = Child.value(last + 1);
                String deleted = Child.deletes(last + 1) ? null : expected;
                assertThat(value)
                        .as("thread %d, slot %d, %s", thread, slot, when)
                        .isIn(expected, next, deleted);
            } else {
                assertThat(value)
                        .as("thread %d, slot %d of %d, %s", thread, slot, last, when)
                        .isEqualTo(expected);
            }
        }
    }

    /** Each thread writes numbered values over and over a few keys, and tells each number once it is done. */
    static final class Child {
        private static final PrintStream OUT = new PrintStream(System.out, true);

        static byte[] key(int thread, long number) {
            return Bytes.of(thread + "-" + number % KEYS);
        }

        static byte[] counter(int thread) {
            return Bytes.of("last-" + thread);
        }

        static String value(long number) {
            return number + "-" + "x".repeat((int) (number * 31 % 400));
        }

        static boolean isBatch(long number) {
            return number % 3 == 0;
        }

        static boolean deletes(long number) {
            return number % 7 == 0;
        }

        public static void main(String[] args) throws InterruptedException {
            FaultyDirectory files = new FaultyDirectory(Path.of(args[0]));
            long stop = Long.parseLong(args[2]);
            AtomicLong operations = new AtomicLong();
            AtomicLong frequent = new AtomicLong();
            files.faults((operation, file) -> {
                if (operation.changes()) {
                    boolean counted = FREQUENT.contains(operation) ? frequent.incrementAndGet() % 100 == 0 : true;
                    if (counted && operations.incrementAndGet() == stop) {
                        OUT.println("at " + operation + " " + file);
                        for (; ; ) {
                            LockSupport.park();
                        }
                    }
                }
            });
            KVOptions options = KVOptions.builder()
                    .durability(Durability.valueOf(args[1]))
                    .segmentSize(16 << 10)
                    .mergeGarbageRatio(0.2)
                    .syncInterval(Duration.ofMillis(10))
                    .build();
            KVStore store = FileStore.open(files, options, System::currentTimeMillis, MergePoint.Hook.NONE);
            Thread[] threads = new Thread[THREADS];
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                threads[t] = new Thread(() -> write(store, thread));
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void write(KVStore store, int thread) {
            byte[] counter = store.get(counter(thread));
            long number = counter == null ? 0 : Long.parseLong(Bytes.text(counter));
            for (; ; ) {
                number++;
                if (isBatch(number)) {
                    try (KVBatch batch = store.batch()) {
                        batch.put(counter(thread), Bytes.of(number));
                        if (deletes(number)) {
                            batch.delete(key(thread, number));
                        } else {
                            batch.put(key(thread, number), Bytes.of(value(number)));
                        }
                        batch.commit();
                    }
                } else {
                    store.put(key(thread, number), Bytes.of(value(number)));
                    if (deletes(number)) {
                        store.delete(key(thread, number));
                    }
                    store.put(counter(thread), Bytes.of(number));
                }
                OUT.println("acknowledged " + thread + " " + number + ".");
                if (number % 50 == 0) {
                    store.sync();
                    OUT.println("synced " + thread + " " + number + ".");
                }
            }
        }
    }
}
