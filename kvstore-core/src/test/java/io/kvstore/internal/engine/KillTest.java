package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A child JVM in which several threads write is killed again and again; after each kill, every write that it has told
 * to be acknowledged is found, and no thread's writes have a gap.
 */
@Tag("crash")
@Timeout(300)
class KillTest {
    private static final int KILLS = Integer.getInteger("kvstore.test.kills", 4);
    private static final int THREADS = 3;
    private static final KVOptions READING =
            KVOptions.builder().segmentSize(64 << 10).build();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(names = {"OS", "SYNC"})
    void everyAcknowledgedWriteSurvivesKills(Durability durability) throws IOException {
        long seed = Seeds.next(getClass());
        Random random = new Random(seed);
        long[] acknowledged = new long[THREADS];
        for (int kill = 0; kill < KILLS; kill++) {
            try (ChildJvm child = ChildJvm.start(Writer.class, directory.toString(), durability.name())) {
                int lines = 1 + random.nextInt(durability == Durability.OS ? 20_000 : 500);
                for (int i = 0; i < lines; i++) {
                    note(child.readLine(), acknowledged);
                }
                child.kill();
                for (String line = child.readLine(); line != null; line = child.readLine()) {
                    note(line, acknowledged);
                }
                child.waitFor();
            }
            try (KVStore store = KVStore.open(directory, READING)) {
                for (int thread = 0; thread < THREADS; thread++) {
                    verify(store, thread, acknowledged[thread], seed);
                }
            }
        }
        assertThat(acknowledged).doesNotContain(0);
    }

    /** A line is "thread number"; the last one may be cut off. */
    private static void note(String line, long[] acknowledged) {
        if (line != null && line.endsWith(".")) {
            String[] parts = line.substring(0, line.length() - 1).split(" ");
            int thread = Integer.parseInt(parts[0]);
            acknowledged[thread] = Math.max(acknowledged[thread], Long.parseLong(parts[1]));
        }
    }

    private static void verify(KVStore store, int thread, long acknowledged, long seed) {
        byte[] counter = store.get(Bytes.of("last-" + thread));
        long last = counter == null ? 0 : Long.parseLong(Bytes.text(counter));
        assertThat(last).as("thread %d, seed %d", thread, seed).isGreaterThanOrEqualTo(acknowledged);
        for (long number = Math.max(1, last - 2_000); number <= last; number++) {
            byte[] value = store.get(Bytes.of(thread + "-" + number));
            if (number % 10 == 0) {
                assertThat(value)
                        .as("deleted key %d-%d, seed %d", thread, number, seed)
                        .isNull();
            } else {
                assertThat(Bytes.text(value))
                        .as("key %d-%d of %d, seed %d", thread, number, last, seed)
                        .isEqualTo(Writer.value(number));
            }
        }
    }

    /** The child: each thread writes numbered keys, deletes every tenth, and tells each number once it is done. */
    static final class Writer {
        private static final PrintStream OUT = new PrintStream(System.out, true);

        static String value(long number) {
            return "value " + number + "x".repeat((int) (number % 300));
        }

        public static void main(String[] args) throws InterruptedException {
            KVStore store = KVStore.open(
                    Path.of(args[0]),
                    KVOptions.builder()
                            .durability(Durability.valueOf(args[1]))
                            .segmentSize(64 << 10)
                            .build());
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
            byte[] counter = store.get(Bytes.of("last-" + thread));
            long number = counter == null ? 0 : Long.parseLong(Bytes.text(counter));
            for (; ; ) {
                number++;
                byte[] key = Bytes.of(thread + "-" + number);
                store.put(key, Bytes.of(value(number)));
                if (number % 10 == 0) {
                    store.delete(key);
                }
                store.put(Bytes.of("last-" + thread), Bytes.of(number));
                OUT.println(thread + " " + number + ".");
            }
        }
    }
}
