package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on one store. */
@Tag("concurrency")
@Timeout(120)
class ConcurrentUseTest {
    @TempDir
    Path path;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    private void start(Runnable action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        threads.add(thread);
        thread.start();
    }

    private void joinAll() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void compareAndSetNeverLosesAnIncrement() throws InterruptedException {
        try (KVStore store =
                KVStore.open(path, KVOptions.builder().segmentSize(64 << 10).build())) {
            store.put(Bytes.of("n"), Bytes.of(0));
            for (int t = 0; t < 4; t++) {
                start(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        byte[] present;
                        do {
                            present = store.get(Bytes.of("n"));
                        } while (!store.replace(
                                Bytes.of("n"), present, Bytes.of(Long.parseLong(Bytes.text(present)) + 1)));
                    }
                });
            }
            joinAll();
            assertThat(store.get(Bytes.of("n"))).isEqualTo(Bytes.of(20_000));
        }
    }

    @Test
    void oneOfManyWinsPutIfAbsentAndConditionalDelete() throws InterruptedException {
        try (KVStore store = KVStore.open(path)) {
            AtomicInteger put = new AtomicInteger();
            AtomicInteger deleted = new AtomicInteger();
            for (int t = 0; t < 4; t++) {
                int thread = t;
                start(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        if (store.putIfAbsent(Bytes.of(i), Bytes.of(thread))) {
                            put.incrementAndGet();
                        }
                    }
                });
            }
            joinAll();
            for (int t = 0; t < 4; t++) {
                start(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        for (int value = 0; value < 4; value++) {
                            if (store.delete(Bytes.of(i), Bytes.of(value))) {
                                deleted.incrementAndGet();
                            }
                        }
                    }
                });
            }
            joinAll();
            assertThat(put).hasValue(5_000);
            assertThat(deleted).hasValue(5_000);
            assertThat(store.size()).isZero();
        }
    }

    @Test
    void readersSeeEachKeyAlwaysAndItsVersionsOnlyRise() throws InterruptedException {
        int keys = 500;
        AtomicBoolean stop = new AtomicBoolean();
        try (KVStore store =
                KVStore.open(path, KVOptions.builder().segmentSize(256 << 10).build())) {
            KVBucket noise = store.bucket("noise");
            for (int i = 0; i < keys; i++) {
                store.put(Bytes.of(i), Bytes.of(0));
            }
            for (int t = 0; t < 2; t++) {
                start(() -> {
                    long[] seen = new long[keys];
                    while (!stop.get()) {
                        for (int i = 0; i < keys; i++) {
                            byte[] value = store.get(Bytes.of(i));
                            assertThat(value).as("key %d", i).isNotNull();
                            long version = Long.parseLong(Bytes.text(value));
                            assertThat(version).isGreaterThanOrEqualTo(seen[i]);
                            seen[i] = version;
                        }
                    }
                });
            }
            start(() -> {
                while (!stop.get()) {
                    int found = 0;
                    try (KVCursor cursor = store.scan()) {
                        while (cursor.next()) {
                            found += Bytes.text(cursor.key()).startsWith("n") ? 0 : 1;
                        }
                    }
                    assertThat(found).isEqualTo(keys);
                }
            });
            start(() -> {
                for (int round = 1; round <= 150; round++) {
                    for (int i = 0; i < keys; i++) {
                        store.put(Bytes.of(i), Bytes.of(round));
                        store.put(Bytes.of("n" + (round * keys + i)), Bytes.of("table growth"));
                        noise.put(Bytes.of(i % 7), Bytes.of(round));
                        if (i % 2 == 0) {
                            store.delete(Bytes.of("n" + (round * keys + i / 2)));
                        }
                    }
                }
                stop.set(true);
            });
            joinAll();
        }
    }

    @Test
    void syncWritersShareForces() throws InterruptedException {
        FaultyDirectory directory = new FaultyDirectory(path);
        AtomicLong forces = new AtomicLong();
        CountDownLatch allWaiting = new CountDownLatch(16);
        try (KVStore store = FileStore.open(
                directory, KVOptions.builder().durability(Durability.SYNC).build())) {
            directory.faults((operation, file) -> {
                if (operation == Operation.MAPPED_FORCE && forces.getAndIncrement() == 0) {
                    // The first force takes until all writers have appended: the next one must serve all the others.
                    try {
                        allWaiting.await();
                        long deadline = System.nanoTime() + 10_000_000_000L;
                        while (store.size() < 16 && System.nanoTime() < deadline) {
                            Thread.onSpinWait();
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            for (int t = 0; t < 16; t++) {
                int thread = t;
                start(() -> {
                    allWaiting.countDown();
                    store.put(Bytes.of(thread), Bytes.of(thread));
                });
            }
            joinAll();
            assertThat(forces).hasValueBetween(1, 3);
        }
    }

    @Test
    void writeIsNotAcknowledgedBeforeItsForceReturned() throws InterruptedException {
        FaultyDirectory directory = new FaultyDirectory(path);
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        AtomicBoolean acknowledged = new AtomicBoolean();
        try (KVStore store = FileStore.open(
                directory, KVOptions.builder().durability(Durability.SYNC).build())) {
            directory.faults((operation, file) -> {
                if (operation == Operation.MAPPED_FORCE) {
                    forcing.countDown();
                    try {
                        mayReturn.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            start(() -> {
                store.put(Bytes.of("k"), Bytes.of("v"));
                acknowledged.set(true);
            });
            forcing.await();
            assertThat(store.get(Bytes.of("k"))).isEqualTo(Bytes.of("v"));
            assertThat(acknowledged).isFalse();
            mayReturn.countDown();
            joinAll();
            assertThat(acknowledged).isTrue();
        }
    }
}
