package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVConflictException;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories of transactions that run at once, with merges, which only some serial order could have made. */
class SerializabilityTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 500;

    @TempDir
    Path directory;

    private KVStore store;

    @BeforeEach
    void open() {
        store = KVStore.open(
                directory,
                KVOptions.builder()
                        .segmentSize(4096)
                        .durability(Durability.BUFFERED)
                        .mergeGarbageRatio(0.2)
                        .build());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static long number(KVBucket bucket, String key) {
        byte[] value = bucket.get(Bytes.of(key));
        return value == null ? 0 : Long.parseLong(Bytes.text(value));
    }

    private static void set(KVBucket bucket, String key, long number) {
        bucket.put(Bytes.of(key), Bytes.of(number));
    }

    @Test
    void transfersKeepTheSumThatEveryReaderSees() {
        int accounts = 20;
        for (int i = 0; i < accounts; i++) {
            set(i % 2 == 0 ? store : store.bucket("odd"), "account" + i, 100);
        }
        long seed = Seeds.next(getClass());
        try (Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                Random random = new Random(seed + t);
                crew.start("transfer" + t, () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        int from = random.nextInt(accounts);
                        int to = random.nextInt(accounts);
                        int amount = random.nextInt(20);
                        store.transact(tx -> {
                            KVBucket source = from % 2 == 0 ? tx : tx.bucket("odd");
                            set(source, "account" + from, number(source, "account" + from) - amount);
                            KVBucket target = to % 2 == 0 ? tx : tx.bucket("odd");
                            set(target, "account" + to, number(target, "account" + to) + amount);
                            return null;
                        });
                    }
                });
            }
            crew.start("auditor", () -> {
                for (int i = 0; i < 50; i++) {
                    long sum = store.transact(tx -> {
                        long total = 0;
                        for (int a = 0; a < accounts; a++) {
                            total += number(a % 2 == 0 ? tx : tx.bucket("odd"), "account" + a);
                        }
                        return total;
                    });
                    assertThat(sum).isEqualTo(100L * accounts);
                }
            });
        }
        long sum = 0;
        for (int i = 0; i < accounts; i++) {
            sum += number(i % 2 == 0 ? store : store.bucket("odd"), "account" + i);
        }
        assertThat(sum).isEqualTo(100L * accounts);
    }

    @Test
    void noUpdateIsLost() {
        AtomicLong committed = new AtomicLong();
        try (Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                crew.start("adder" + t, () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        store.transact(tx -> {
                            set(tx, "n", number(tx, "n") + 1);
                            return null;
                        });
                        committed.incrementAndGet();
                    }
                });
            }
        }
        assertThat(number(store, "n")).isEqualTo(committed.get()).isEqualTo((long) THREADS * ROUNDS);
    }

    /** Each takes one off if the sum allows it: together they must not go below zero. */
    @Test
    void writeSkewDoesNotHappen() {
        for (int round = 0; round < 200; round++) {
            set(store, "x", 1);
            set(store, "y", 1);
            int remaining = 1;
            try (Crew crew = new Crew()) {
                for (String own : List.of("x", "y")) {
                    crew.start(
                            own,
                            () -> store.transact(tx -> {
                                if (number(tx, "x") + number(tx, "y") > remaining) {
                                    set(tx, own, number(tx, own) - 1);
                                }
                                return null;
                            }));
                }
            }
            assertThat(number(store, "x") + number(store, "y")).isEqualTo(remaining);
        }
    }

    /** Each gives the next number, as the count of entries tells it: without phantoms none is given twice. */
    @Test
    void phantomsDoNotHappen() {
        KVBucket tickets = store.bucket("tickets");
        try (Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                crew.start("taker" + t, () -> {
                    for (int i = 0; i < 60; i++) {
                        String taker = thread + "-" + i;
                        store.transact(tx -> {
                            KVBucket all = tx.bucket("tickets");
                            long next = 0;
                            try (KVCursor cursor = all.scan()) {
                                while (cursor.next()) {
                                    next = Math.max(next, 1 + Long.parseLong(Bytes.text(cursor.value())));
                                }
                            }
                            set(all, taker, next);
                            return null;
                        });
                    }
                });
            }
        }
        List<Long> numbers = new ArrayList<>();
        try (KVCursor cursor = tickets.scan()) {
            while (cursor.next()) {
                numbers.add(Long.parseLong(Bytes.text(cursor.value())));
            }
        }
        Collections.sort(numbers);
        for (int i = 0; i < THREADS * 60; i++) {
            assertThat(numbers.get(i)).isEqualTo(i);
        }
    }

    /**
     * Each transaction appends its name to some of a few lists, and reads all of them. The order of names in one list
     * must be that of every other, and each read must show, of all lists, what one prefix of that order has made.
     */
    @Test
    void recordedHistoriesHaveASerialOrder() {
        int lists = 5;
        List<List<String>> reads = Collections.synchronizedList(new ArrayList<>());
        long seed = Seeds.next(getClass());
        try (Crew crew = new Crew()) {
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                Random random = new Random(seed + t);
                crew.start("appender" + t, () -> {
                    for (int i = 0; i < 50; i++) {
                        String name = thread + "." + i + ",";
                        int first = random.nextInt(lists);
                        int second = random.nextInt(lists);
                        reads.add(store.transact(tx -> {
                            List<String> seen = new ArrayList<>();
                            for (int l = 0; l < lists; l++) {
                                byte[] value = tx.get(Bytes.of("list" + l));
                                seen.add(value == null ? "" : Bytes.text(value));
                            }
                            tx.put(Bytes.of("list" + first), Bytes.of(seen.get(first) + name));
                            if (second != first) {
                                tx.put(Bytes.of("list" + second), Bytes.of(seen.get(second) + name));
                            }
                            return seen;
                        }));
                    }
                });
                crew.start("reader" + t, () -> {
                    for (int i = 0; i < 50; i++) {
                        reads.add(store.transact(tx -> {
                            List<String> seen = new ArrayList<>();
                            for (int l = lists - 1; l >= 0; l--) {
                                byte[] value = tx.get(Bytes.of("list" + l));
                                seen.add(0, value == null ? "" : Bytes.text(value));
                            }
                            return seen;
                        }));
                    }
                });
            }
        }
        // Appends only: in a serial order states only grow, so of any two reads one has seen all that the other has.
        List<List<String>> ordered = new ArrayList<>(reads);
        ordered.sort((a, b) -> Integer.compare(length(a), length(b)));
        for (int i = 1; i < ordered.size(); i++) {
            for (int l = 0; l < lists; l++) {
                assertThat(ordered.get(i).get(l)).startsWith(ordered.get(i - 1).get(l));
            }
        }
    }

    /** So many reads are looked at again without holding up the writers, who go on meanwhile. */
    @Test
    void readersOfThousandsOfKeysSeeOneMoment() {
        int keys = 3000;
        for (int i = 0; i < keys; i++) {
            set(store, "key" + i, 0);
        }
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger complete = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        try (Crew crew = new Crew()) {
            crew.start("writer", () -> {
                for (long round = 1; !done.get() && !crew.hasFailed(); round++) {
                    // Others of their stripes are written all the time.
                    for (int i = 0; i < 10_000; i++) {
                        set(store, "other" + i, round);
                    }
                    try (KVBatch batch = store.batch()) {
                        batch.put(Bytes.of("key" + round % keys), Bytes.of(round))
                                .put(Bytes.of("last"), Bytes.of(round))
                                .commit();
                    }
                }
            });
            crew.start("reader", () -> {
                try {
                    for (int i = 0; i < 2000 && (complete.get() < 20 || refused.get() == 0); i++) {
                        try (KVTransaction tx = store.begin()) {
                            requireOneMoment(tx, keys);
                            complete.incrementAndGet();
                        } catch (KVConflictException e) {
                            refused.incrementAndGet();
                        }
                    }
                } finally {
                    done.set(true);
                }
            });
        }
        assertThat(complete).hasPositiveValue();
        assertThat(refused).hasPositiveValue();
    }

    private static void requireOneMoment(KVTransaction tx, int keys) {
        long[] seen = new long[keys];
        for (int key = 0; key < keys; key++) {
            seen[key] = number(tx, "key" + key);
        }
        // Newer ones move the moment on.
        for (int i = 0; i < 50; i++) {
            number(tx, "other" + i * 200);
        }
        long last = number(tx, "last");
        for (int key = 0; key < keys; key++) {
            long written = last - Math.floorMod(last - key, keys);
            assertThat(seen[key])
                    .as("key %d when the last round was %d", key, last)
                    .isEqualTo(Math.max(0, written));
        }
    }

    private static int length(List<String> state) {
        return state.stream().mapToInt(String::length).sum();
    }
}
