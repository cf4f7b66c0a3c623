package io.kvstore.benchmarks;

import io.kvstore.Durability;
import io.kvstore.KVBackupOptions;
import io.kvstore.KVBatch;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.driver.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What batches and transactions cost, and what they cost those that use neither; backup and check beside a bare read of
 * the files. One thread, keys of 16 bytes, values of 100, in memory of the operating system throughout. All workloads
 * take turns in each round.
 */
public final class TransactionBenchmark {
    private static final int SYNCED = 2_000;

    private final Path folder;
    private final int keys;
    private final int rounds;
    private final Rates writes = new Rates();
    private final Rates synced = new Rates();
    private final Rates files = new Rates();
    private final SplittableRandom random = new SplittableRandom(1);

    private TransactionBenchmark(Path folder, int keys, int rounds) {
        this.folder = folder;
        this.keys = keys;
        this.rounds = rounds;
    }

    /**
     * Runs it.
     *
     * @param args a folder for the files, the number of keys (1,000,000), the number of rounds (5)
     * @throws IOException if the folder cannot be used
     */
    public static void main(String[] args) throws IOException {
        if (args.length < 1 || args.length > 3) {
            System.err.println("usage: TransactionBenchmark FOLDER [KEYS] [ROUNDS]");
            System.exit(2);
        }
        int keys = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        System.out.printf(
                Locale.ROOT,
                "%,d keys, %d rounds, JDK %s, %d processors%n%n",
                keys,
                rounds,
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
        new TransactionBenchmark(Path.of(args[0]), keys, rounds).run();
    }

    private void run() throws IOException {
        for (int round = 0; round < rounds; round++) {
            Path directory = Folders.fresh(folder, "store");
            KVOptions options =
                    KVOptions.builder().durability(Durability.BUFFERED).build();
            try (KVStore store = KVStore.open(directory, options)) {
                for (int i = 0; i < keys; i++) {
                    store.put(key(i), Entries.value(i));
                }
                writes(store);
                files(store, directory);
            }
            synced();
            Folders.fresh(folder, "store");
            Folders.fresh(folder, "backup");
        }
        writes.print("keys/s", "put");
        synced.print("keys/s", "put, SYNC");
        files.print("MB/s", "read of the files");
    }

    private static byte[] key(long number) {
        byte[] key = new byte[Entries.KEY_BYTES];
        Entries.fillKey(key, number);
        return key;
    }

    private byte[] anyKey() {
        return key(random.nextInt(keys));
    }

    private static double rate(long count, long nanos) {
        return count * 1e9 / nanos;
    }

    private void writes(KVStore store) {
        measure("put", keys, () -> store.put(anyKey(), Entries.value(1)));
        try (KVTransaction tx = store.begin()) {
            tx.get(anyKey());
            measure("put, a transaction is open", keys, () -> store.put(anyKey(), Entries.value(1)));
            measure("get, a transaction is open", keys, () -> store.get(anyKey()));
        }
        measure("get", keys, () -> store.get(anyKey()));
        for (int size : List.of(1, 10, 100, 1000)) {
            try (KVBatch batch = store.batch()) {
                measure("put in batches of " + size, keys / size, size, () -> {
                    for (int i = 0; i < size; i++) {
                        batch.put(anyKey(), Entries.value(1));
                    }
                    batch.commit();
                });
            }
        }
        for (int size : List.of(1, 10)) {
            measure(
                    "read and put in transactions of " + size,
                    keys / size / 2,
                    size,
                    () -> store.transact(tx -> {
                        for (int i = 0; i < size; i++) {
                            byte[] key = anyKey();
                            tx.put(key, Objects.requireNonNull(tx.get(key), "a value"));
                        }
                        return null;
                    }));
            measure(
                    "read in transactions of " + size,
                    keys / size,
                    size,
                    () -> store.transact(tx -> {
                        for (int i = 0; i < size; i++) {
                            tx.get(anyKey());
                        }
                        return null;
                    }));
        }
    }

    private void measure(String name, int times, Runnable work) {
        measure(name, times, 1, work);
    }

    private void measure(String name, int times, int keysEach, Runnable work) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            work.run();
        }
        writes.add(name, rate((long) times * keysEach, System.nanoTime() - start));
    }

    private void synced() throws IOException {
        KVOptions options = KVOptions.builder().durability(Durability.SYNC).build();
        try (KVStore store = KVStore.open(Folders.fresh(folder, "store"), options);
                KVBatch batch = store.batch()) {
            long start = System.nanoTime();
            for (int i = 0; i < SYNCED; i++) {
                store.put(key(i), Entries.value(i));
            }
            synced.add("put, SYNC", rate(SYNCED, System.nanoTime() - start));
            start = System.nanoTime();
            for (int i = 0; i < SYNCED; i++) {
                for (int j = 0; j < 100; j++) {
                    batch.put(key(100 * i + j), Entries.value(i));
                }
                batch.commit();
            }
            synced.add("put in batches of 100, SYNC", rate(100 * SYNCED, System.nanoTime() - start));
        }
    }

    private void files(KVStore store, Path directory) throws IOException {
        store.sync();
        long bytes = store.stats().logBytes();
        long start = System.nanoTime();
        read(directory);
        files.add("read of the files", rate(bytes, System.nanoTime() - start) / 1e6);
        start = System.nanoTime();
        if (!store.verify().ok()) {
            throw new IllegalStateException("the store is damaged");
        }
        files.add("verify", rate(bytes, System.nanoTime() - start) / 1e6);
        start = System.nanoTime();
        store.backup(Folders.fresh(folder, "backup"));
        files.add("backup by links", rate(bytes, System.nanoTime() - start) / 1e6);
        start = System.nanoTime();
        store.backup(
                Folders.fresh(folder, "backup"),
                KVBackupOptions.builder().hardLinks(false).build());
        files.add("backup by copies", rate(bytes, System.nanoTime() - start) / 1e6);
    }

    private static void read(Path directory) throws IOException {
        byte[] buffer = new byte[1 << 20];
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    while (in.read(buffer) >= 0) {
                        // Only to bring the bytes in.
                    }
                }
            }
        }
    }
}
