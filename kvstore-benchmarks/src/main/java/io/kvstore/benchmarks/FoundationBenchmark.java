package io.kvstore.benchmarks;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The figures of the raw store: puts and gets beside a plain buffered append of the same bytes and a map in memory,
 * heap a key, the time to open, and durable puts beside a bare loop of fdatasync. Rounds take turns, and the medians of
 * the rounds are told.
 *
 * <p>Keys of 16 random bytes, values of 100 bytes. Run it with a heap of fixed size that is touched before
 * ({@code -Xms4g -Xmx4g -XX:+AlwaysPreTouch}): where a page's first touch is dear, that is measured otherwise.
 */
public final class FoundationBenchmark {
    private static final int RECORD_BYTES = 144;
    private static final int SYNC_PUTS_PER_THREAD = 1_000;

    private final Path folder;
    private final int keys;
    private final int rounds;

    private FoundationBenchmark(Path folder, int keys, int rounds) {
        this.folder = folder;
        this.keys = keys;
        this.rounds = rounds;
    }

    /**
     * Runs it.
     *
     * @param args a folder for the files, the number of keys (2,000,000), the number of rounds (3)
     * @throws IOException if the folder cannot be used
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0 || args.length > 3) {
            System.err.println("usage: FoundationBenchmark FOLDER [KEYS] [ROUNDS]");
            System.exit(2);
        }
        int keys = args.length > 1 ? Integer.parseInt(args[1]) : 2_000_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        new FoundationBenchmark(Path.of(args[0]), keys, rounds).run();
    }

    private void run() throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%,d keys, %d rounds, JDK %s, %d processors%n%n",
                keys,
                rounds,
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
        Rates rates = new Rates();
        Rates opening = new Rates();
        Rates durable = new Rates();
        for (int round = 0; round <= rounds; round++) {
            // The first round warms up.
            boolean counts = round > 0;
            buffered(counts ? rates : new Rates());
            store(counts ? rates : new Rates(), counts ? opening : new Rates());
            map(counts ? rates : new Rates());
            durable(counts ? durable : new Rates());
        }
        rates.print("a second", "buffered append");
        opening.print("milliseconds", "read the same files");
        durable.print("a second", "fdatasync loop");
    }

    private void buffered(Rates rates) throws IOException {
        Path file = fresh().resolve("plain");
        byte[] buffer = new byte[64 << 10];
        byte[] record = new byte[RECORD_BYTES];
        long start = System.nanoTime();
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            int filled = 0;
            for (int i = 0; i < keys; i++) {
                Data.fillKey(record, i);
                if (filled + RECORD_BYTES > buffer.length) {
                    out.write(buffer, 0, filled);
                    filled = 0;
                }
                System.arraycopy(record, 0, buffer, filled, RECORD_BYTES);
                filled += RECORD_BYTES;
            }
            out.write(buffer, 0, filled);
        }
        rates.add("buffered append", perSecond(keys, start));
    }

    private void store(Rates rates, Rates opening) throws IOException {
        Path directory = fresh().resolve("store");
        byte[] key = new byte[Data.KEY_BYTES];
        byte[] value = new byte[Data.VALUE_BYTES];
        try (KVStore store = KVStore.open(directory)) {
            long start = System.nanoTime();
            for (int i = 0; i < keys; i++) {
                Data.fillKey(key, i);
                Data.fillValue(value, i);
                store.put(key, value);
            }
            rates.add("kvstore put", perSecond(keys, start));
            System.out.println("  " + store.stats());
        }
        long start = System.nanoTime();
        long bytes = readAll(directory);
        opening.add("read the same files", millis(start));
        long heapBefore = usedHeap();
        start = System.nanoTime();
        try (KVStore store = KVStore.open(directory)) {
            opening.add("open after a clean close", millis(start));
            long heap = usedHeap() - heapBefore;
            System.out.printf(
                    Locale.ROOT,
                    "  %,d bytes of segments; heap a key %.1f bytes, of it index tables %.1f%n",
                    bytes,
                    (double) heap / keys,
                    (double) store.stats().indexBytes() / keys);
            gets(store, rates, "kvstore get", 1);
            gets(store, rates, "kvstore get, 2 threads", 2);
            start = System.nanoTime();
            for (int i = 0; i < keys; i++) {
                Data.fillKey(key, Long.MIN_VALUE + i);
                if (store.get(key) != null) {
                    throw new IllegalStateException("an absent key has a value");
                }
            }
            rates.add("kvstore get of absent keys", perSecond(keys, start));
            overwrites(store, rates);
        }
    }

    private void overwrites(KVStore store, Rates rates) {
        byte[] key = new byte[Data.KEY_BYTES];
        byte[] value = new byte[Data.VALUE_BYTES];
        SplittableRandom random = new SplittableRandom(7);
        long start = System.nanoTime();
        for (int i = 0; i < keys; i++) {
            int number = random.nextInt(keys);
            Data.fillKey(key, number);
            Data.fillValue(value, number);
            store.put(key, value);
        }
        rates.add("kvstore overwrite", perSecond(keys, start));
    }

    private void gets(KVStore store, Rates rates, String name, int threads) {
        long start = System.nanoTime();
        inThreads(threads, thread -> {
            byte[] key = new byte[Data.KEY_BYTES];
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < keys; i++) {
                int number = random.nextInt(keys);
                Data.fillKey(key, number);
                byte[] value = store.get(key);
                if (value == null) {
                    throw new IllegalStateException("lost key number " + number);
                }
                Data.requireValue(value, number);
            }
        });
        rates.add(name, perSecond((long) threads * keys, start));
    }

    @SuppressWarnings("UnnecessaryAsync") // the concurrent map is what is measured
    private void map(Rates rates) {
        if (keys > 4_000_000) {
            return;
        }
        ConcurrentHashMap<ByteBuffer, byte[]> map = new ConcurrentHashMap<>();
        long start = System.nanoTime();
        for (int i = 0; i < keys; i++) {
            byte[] key = new byte[Data.KEY_BYTES];
            Data.fillKey(key, i);
            map.put(ByteBuffer.wrap(key), Data.value(i));
        }
        rates.add("ConcurrentHashMap put of copies", perSecond(keys, start));
        byte[] key = new byte[Data.KEY_BYTES];
        SplittableRandom random = new SplittableRandom(0);
        start = System.nanoTime();
        for (int i = 0; i < keys; i++) {
            int number = random.nextInt(keys);
            Data.fillKey(key, number);
            byte[] value = map.get(ByteBuffer.wrap(key));
            Data.requireValue(Objects.requireNonNull(value, "value").clone(), number);
        }
        rates.add("ConcurrentHashMap get of copies", perSecond(keys, start));
    }

    private void durable(Rates rates) throws IOException {
        Path directory = fresh();
        int count = 4 * SYNC_PUTS_PER_THREAD;
        try (FileChannel channel =
                FileChannel.open(directory.resolve("plain"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(count * RECORD_BYTES));
            channel.force(true);
            ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                channel.write(record.clear(), (long) i * RECORD_BYTES);
                channel.force(false);
            }
            rates.add("fdatasync loop", perSecond(count, start));
        }
        KVOptions sync = KVOptions.builder().durability(Durability.SYNC).build();
        for (int threads : List.of(1, 16, 64)) {
            int puts = threads == 1 ? count : SYNC_PUTS_PER_THREAD;
            try (KVStore store = KVStore.open(directory.resolve("store" + threads), sync)) {
                long start = System.nanoTime();
                inThreads(threads, thread -> {
                    byte[] key = new byte[Data.KEY_BYTES];
                    for (int i = 0; i < puts; i++) {
                        Data.fillKey(key, (long) thread * puts + i);
                        store.put(key, Data.value(i));
                    }
                });
                rates.add("kvstore put, SYNC, threads: " + threads, perSecond((long) threads * puts, start));
            }
        }
    }

    /** Work of one thread. */
    private interface Work {
        void run(int thread);
    }

    private static void inThreads(int count, Work work) {
        CountDownLatch done = new CountDownLatch(count);
        AtomicLong failures = new AtomicLong();
        for (int t = 0; t < count; t++) {
            int number = t;
            new Thread(
                            () -> {
                                try {
                                    work.run(number);
                                } catch (RuntimeException e) {
                                    failures.incrementAndGet();
                                    throw e;
                                } finally {
                                    done.countDown();
                                }
                            },
                            "bench-" + t)
                    .start();
        }
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        if (failures.get() > 0) {
            throw new IllegalStateException(failures.get() + " threads failed");
        }
    }

    private static long readAll(Path directory) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                try (FileChannel channel = FileChannel.open(file)) {
                    for (int n = channel.read(buffer.clear()); n >= 0; n = channel.read(buffer.clear())) {
                        bytes += n;
                    }
                }
            }
        }
        return bytes;
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static double perSecond(long count, long startNanos) {
        return count * 1e9 / (System.nanoTime() - startNanos);
    }

    private static double millis(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }

    private Path fresh() throws IOException {
        return Folders.fresh(folder, "foundation-benchmark");
    }
}
