package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBackupOptions;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that do one kind of operation each, over and over, are interrupted all the time, by another thread and in
 * front of their file operations: each operation is done all the same, the flag stays set, and the store is as good for
 * all others.
 */
@Tag("crash")
@Timeout(300)
class InterruptTest {
    private static final int ROUNDS = Integer.getInteger("kvstore.test.interrupt.rounds", 1);

    @TempDir
    Path temp;

    /** One kind of operation, of one thread. */
    private enum Kind {
        PUT(600),
        PUT_LARGE(20),
        DELETE(600),
        GET(1500),
        SCAN(60),
        BATCH(300),
        TRANSACTION(300),
        SYNC(40),
        MERGE(15),
        VERIFY(15),
        BACKUP(12),
        COPIED_BACKUP(6),
        DROP_BUCKET(60),
        STATS(300),
        OPEN_AND_CLOSE(12),
        OPEN_READ_ONLY(12);

        private final int times;

        Kind(int times) {
            this.times = times;
        }
    }

    private static final ThreadLocal<Target> ON_THIS_THREAD = new ThreadLocal<>();

    /** Operations that were interrupted while they were under way, as far as that can be told. */
    private final AtomicLong hits = new AtomicLong();

    private KVStore store;

    /** A thread that is interrupted, and what it knows of its keys. */
    private final class Target {
        private final Kind kind;
        private final AtomicLong begun = new AtomicLong();
        private final AtomicLong ended = new AtomicLong();
        private final Map<String, String> expected = new TreeMap<>();
        private final KVBucket bucket;
        private int round;

        Target(Kind kind) {
            this.kind = kind;
            this.bucket = store.bucket("of-" + kind);
        }

        /** From another thread. */
        void interrupt(Thread thread) {
            begun.incrementAndGet();
            thread.interrupt();
            ended.incrementAndGet();
        }

        void run() {
            ON_THIS_THREAD.set(this);
            for (round = 0; round < kind.times * ROUNDS; round++) {
                Thread.interrupted();
                boolean fromTheStart = round % 5 == 0;
                if (fromTheStart) {
                    Thread.currentThread().interrupt();
                }
                long before = begun.get();
                operate();
                boolean hit = ended.get() > before;
                boolean flag = Thread.interrupted();
                assertThat(flag || !(hit || fromTheStart))
                        .as("flag after %s", kind)
                        .isTrue();
                hits.addAndGet(hit ? 1 : 0);
            }
        }

        private void put(String key, String value) {
            bucket.put(Bytes.of(key), Bytes.of(value));
            expected.put(key, value);
        }

        private void operate() {
            String key = "key-" + round % 20;
            switch (kind) {
                case PUT -> put(key, "value-" + round);
                case PUT_LARGE -> put(key, "large".repeat(20_000) + round);
                case DELETE -> {
                    if (round % 2 == 0) {
                        put("key", "value-" + round);
                    } else {
                        assertThat(bucket.delete(Bytes.of("key"))).isTrue();
                        expected.remove("key");
                    }
                }
                case GET -> assertThat(store.get(Bytes.of("fixed"))).isEqualTo(Bytes.of("value"));
                case SCAN -> assertThat(Stores.scan(store)).containsEntry("fixed", "value");
                case BATCH -> batch();
                case TRANSACTION -> transact();
                case SYNC -> store.sync();
                case MERGE -> store.merge();
                case VERIFY -> assertThat(store.verify().damage()).isEmpty();
                case BACKUP -> backup(true);
                case COPIED_BACKUP -> backup(false);
                case DROP_BUCKET -> {
                    store.bucket("dropped").put(Bytes.of(key), Bytes.of(round));
                    assertThat(store.dropBucket("dropped")).isTrue();
                }
                case STATS -> assertThat(store.stats().keys()).isPositive();
                case OPEN_AND_CLOSE -> openAndClose(false);
                case OPEN_READ_ONLY -> openAndClose(round > 0);
                default -> throw new AssertionError(kind);
            }
        }

        private void batch() {
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < 5; i++) {
                    batch.put(bucket, Bytes.of("key-" + i), Bytes.of("value-" + round));
                    expected.put("key-" + i, "value-" + round);
                }
                batch.commit();
            }
        }

        private void transact() {
            try (KVTransaction tx = store.begin()) {
                KVBucket own = tx.bucket("of-" + kind);
                assertThat(Bytes.text(own.get(Bytes.of("counter")))).isEqualTo(expected.get("counter"));
                own.put(Bytes.of("counter"), Bytes.of(round));
                tx.commit();
                expected.put("counter", Integer.toString(round));
            }
        }

        private void backup(boolean links) {
            Path target = temp.resolve(kind + "-" + round);
            store.backup(target, KVBackupOptions.builder().hardLinks(links).build());
            try (KVStore copy =
                    KVStore.open(target, KVOptions.builder().readOnly(true).build())) {
                assertThat(copy.get(Bytes.of("fixed"))).isEqualTo(Bytes.of("value"));
            }
        }

        private void openAndClose(boolean readOnly) {
            try (KVStore own = KVStore.open(
                    temp.resolve("own-" + kind),
                    KVOptions.builder().readOnly(readOnly).build())) {
                String last = Bytes.text(own.get(Bytes.of("round")));
                assertThat(last).isEqualTo(expected.get("own"));
                if (!readOnly) {
                    own.put(Bytes.of("round"), Bytes.of(round));
                }
            }
            if (!readOnly) {
                expected.put("own", Integer.toString(round));
            }
        }

        void requireAll(KVStore opened) {
            expected.remove("own");
            assertThat(Stores.scan(opened.bucket("of-" + kind))).as("%s", kind).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptedOperationsAreDoneAndTheStoreServesAll(Durability durability) throws IOException {
        long seed = Seeds.next(getClass());
        KVOptions options = KVOptions.builder()
                .durability(durability)
                .segmentSize(64 << 10)
                .syncInterval(Duration.ofMillis(5))
                .mergeGarbageRatio(0.2)
                .build();
        Path directory = temp.resolve("store");
        List<Target> targets = new ArrayList<>();
        FaultyDirectory files = new FaultyDirectory(Files.createDirectories(directory));
        files.faults((operation, file) -> {
            Target target = ON_THIS_THREAD.get();
            if (target != null && ThreadLocalRandom.current().nextInt(3) == 0) {
                target.interrupt(Thread.currentThread());
            }
        });
        try (KVStore opened = FileStore.open(files, options)) {
            store = opened;
            store.put(Bytes.of("fixed"), Bytes.of("value"));
            for (Kind kind : Kind.values()) {
                targets.add(new Target(kind));
            }
            rain(targets, new Random(seed));
            store.put(Bytes.of("last"), Bytes.of("put"));
            targets.forEach(target -> target.requireAll(store));
        }
        try (KVStore opened = KVStore.open(directory, options)) {
            targets.forEach(target -> target.requireAll(opened));
            assertThat(opened.get(Bytes.of("last"))).isEqualTo(Bytes.of("put"));
            assertThat(opened.verify().damage()).isEmpty();
        }
        System.out.println("InterruptTest: " + durability + ", " + hits + " operations were interrupted on their way");
    }

    /** Interrupts threads that are running, one after the other in no order, until all have done their work. */
    private static void rain(List<Target> targets, Random random) {
        AtomicInteger running = new AtomicInteger(targets.size());
        try (Crew crew = new Crew(TimeUnit.SECONDS.toNanos(100))) {
            List<Thread> threads = new ArrayList<>();
            for (Target target : targets) {
                threads.add(crew.start("interrupted-" + target.kind, () -> {
                    try {
                        target.run();
                    } finally {
                        running.decrementAndGet();
                    }
                }));
            }
            crew.start("rain", () -> {
                while (running.get() > 0 && !crew.hasFailed()) {
                    int next = random.nextInt(threads.size());
                    if (threads.get(next).isAlive()) {
                        targets.get(next).interrupt(threads.get(next));
                        Thread.yield();
                    }
                }
            });
        }
    }
}
