package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.KVClosedException;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.file.MemoryDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SharedStoreTest {
    private static final KVOptions SMALL = KVOptions.builder().segmentSize(1024).build();

    private final MemoryStores stores = new MemoryStores("shared-store-test:");

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("shared-store-test:"))
                .count();
    }

    @Test
    void emptyStoreTakesLittleMemory() {
        MemoryDirectory directory = new MemoryDirectory(Path.of("empty"));
        try (FileStore store = FileStore.open(directory, MemoryDriver.defaults().build())) {
            store.put(Bytes.of("k"), Bytes.of("v"));
            // Reserved ahead: a segment and the next one.
            assertThat(directory.usedBytes()).isBetween(1L, 5L << 19);
        }
        assertThat(directory.usedBytes()).isLessThan(1 << 20);
    }

    @Test
    void fullMemoryIsAsAFullDisk() throws IOException {
        MemoryDirectory directory = new MemoryDirectory(Path.of("full"), 16 << 20);
        KVOptions options =
                KVOptions.builder().segmentSize(64 << 10).autoMerge(false).build();
        int more = 100;
        try (FileStore store = FileStore.open(directory, options);
                StoreFile ballast = directory.create("ballast")) {
            // More than the hints take that are made in the background when there is room again.
            ballast.write(0, new byte[10 << 20], 0, 10 << 20);
            AtomicInteger stored = new AtomicInteger();
            assertThatThrownBy(() -> {
                        for (; ; ) {
                            store.put(Bytes.of(stored.get()), new byte[1000]);
                            stored.incrementAndGet();
                        }
                    })
                    .isInstanceOf(KVNoSpaceException.class);
            assertThat(stored.get()).isGreaterThan(1_000);
            assertThat(store.size()).isEqualTo(stored.get());
            assertThat(store.get(Bytes.of(stored.get() - 1))).hasSize(1000);
            assertThat(directory.usedBytes()).isLessThanOrEqualTo(16 << 20);
            directory.delete("ballast");
            for (int i = 0; i < more; i++) {
                store.put(Bytes.of("more " + i), new byte[1000]);
            }
            assertThat(store.size()).isEqualTo(stored.get() + more);
        }
    }

    /** Nothing but the file layer knows that it is memory: what a close leaves there opens again. */
    @Test
    void directoryInMemoryOpensAgainWithEverythingInIt() {
        MemoryDirectory directory = new MemoryDirectory(Path.of("again"));
        for (int round = 0; round < 5; round++) {
            try (FileStore store = FileStore.open(directory, SMALL)) {
                assertThat(store.size()).isEqualTo(round * 100L);
                for (int i = 0; i < 100; i++) {
                    store.put(Bytes.of(round * 100 + i), new byte[round]);
                }
                store.merge();
                assertThat(store.verify().ok()).isTrue();
            }
        }
    }

    @Test
    void storeThatCouldNotBeOpenedLeavesNothing() {
        KVOptions failing = KVOptions.builder()
                .openListener(progress -> {
                    throw new IllegalStateException("no");
                })
                .build();
        assertThatThrownBy(() -> stores.open("s", failing)).isInstanceOf(IllegalStateException.class);
        assertThat(stores.names()).isEmpty();
        assertThatThrownBy(() ->
                        stores.open("s", KVOptions.builder().readOnly(true).build()))
                .isInstanceOf(KVException.class);
        assertThat(stores.names()).isEmpty();
        try (KVStore store = stores.open("s", SMALL)) {
            assertThat(store.size()).isZero();
            assertThat(stores.names()).containsExactly("s");
        }
        assertThat(stores.names()).isEmpty();
    }

    /** A close waits for whoever is inside, and lets nobody else in. */
    @Test
    void closeOfAHandleWaitsForWhoIsInside() throws InterruptedException {
        Handle handle = new Handle("name", false);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger();
        try (Crew crew = new Crew()) {
            crew.start(
                    "reader",
                    () -> handle.run(() -> {
                        inside.countDown();
                        await(leave);
                        left.incrementAndGet();
                    }));
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
            Thread closer = crew.start("closer", () -> {
                handle.close();
                assertThat(left).hasValue(1);
            });
            Crew.awaitParked(closer);
            assertThat(closer.isAlive()).isTrue();
            assertThatThrownBy(() -> handle.call(() -> 1)).isInstanceOf(KVClosedException.class);
            leave.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Many open, use and close a few names at once. While a thread has a handle, what it has written through it stays
     * there, whoever else closes; when all are closed nothing is left.
     */
    @Test
    @Tag("concurrency")
    void hammeredNamesLoseNoStoreAndLeakNone() {
        long seed = Seeds.next(getClass());
        AtomicLong opens = new AtomicLong();
        try (Crew crew = new Crew()) {
            for (int t = 0; t < 6; t++) {
                int id = t;
                crew.start("hammer " + id, () -> {
                    Random random = new Random(seed + id);
                    for (int round = 0; round < 150 && !crew.hasFailed(); round++) {
                        hammer(random, id, round);
                        opens.incrementAndGet();
                    }
                });
            }
        }
        assertThat(opens).hasValue(900);
        assertThat(stores.names()).isEmpty();
        Crew.awaitUntil("the threads of the stores have ended", () -> threads() == 0);
    }

    private void hammer(Random random, int id, int round) {
        String name = "name" + random.nextInt(2);
        KVStore store = stores.open(name, SMALL);
        byte[] key = Bytes.of(id);
        try {
            byte[] value = Bytes.of(id + " in round " + round);
            store.put(key, value);
            for (int i = random.nextInt(5); i > 0; i--) {
                try (KVStore another = stores.open(name, SMALL)) {
                    assertThat(another.get(key)).as("of the same store").isEqualTo(value);
                    another.bucket("b").put(key, value);
                }
                assertThat(store.bucket("b").get(key)).isEqualTo(value);
                assertThat(store.get(key)).isEqualTo(value);
            }
        } finally {
            store.close();
            store.close();
        }
        assertThatThrownBy(() -> store.get(key)).isInstanceOf(KVClosedException.class);
    }

    /** Handles of one store are closed while others are in the middle of verbs of that handle and of another one. */
    @Test
    @Tag("concurrency")
    void closeWhileOthersWorkEndsOnlyThoseOfTheHandle() {
        for (int round = 0; round < 20; round++) {
            try (KVStore staying = stores.open("s", SMALL)) {
                KVStore leaving = stores.open("s", SMALL);
                staying.put(Bytes.of("k"), new byte[100]);
                CountDownLatch going = new CountDownLatch(3);
                AtomicInteger ended = new AtomicInteger();
                try (Crew crew = new Crew()) {
                    crew.start("put", () -> until(going, ended, () -> leaving.put(Bytes.of("k"), new byte[100])));
                    crew.start("get", () -> until(going, ended, () -> leaving.get(Bytes.of("k"))));
                    crew.start("scan", () -> until(going, ended, () -> Stores.scan(leaving)));
                    crew.start("stays", () -> {
                        while (ended.get() < 3 && !crew.hasFailed()) {
                            assertThat(staying.get(Bytes.of("k"))).hasSize(100);
                        }
                    });
                    await(going);
                    leaving.close();
                }
                assertThat(ended).hasValue(3);
                assertThat(staying.get(Bytes.of("k"))).hasSize(100);
            }
        }
    }

    private static void until(CountDownLatch going, AtomicInteger ended, Runnable action) {
        boolean first = true;
        try {
            for (; ; ) {
                action.run();
                if (first) {
                    going.countDown();
                    first = false;
                }
            }
        } catch (KVClosedException e) {
            ended.incrementAndGet();
        }
    }
}
