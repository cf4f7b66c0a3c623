package io.kvstore.benchmarks;

import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What merging costs the writers, and what hint files save on opening. One thread overwrites a fixed set of keys at
 * random, with merging on and off in turns; then the store is opened from hints, after a clean close and after a kill,
 * and by reading its segments.
 *
 * <p>Keys of 16 random bytes, values of 100 bytes. The latency of each put is measured, but not corrected for puts that
 * a slow one has held up: one thread that writes as fast as it can has no schedule to fall behind.
 */
public final class MergeBenchmark {
    private static final int OVERWRITES_PER_KEY = 5;
    private static final int SAMPLE_EVERY = 4096;

    private final Path folder;
    private final int keys;
    private final int rounds;

    private MergeBenchmark(Path folder, int keys, int rounds) {
        this.folder = folder;
        this.keys = keys;
        this.rounds = rounds;
    }

    /**
     * Runs it.
     *
     * @param args a folder for the files, {@code overwrite} or {@code open}, the number of keys, the number of rounds
     *     (3)
     * @throws IOException if the folder cannot be used
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 2 && args[0].equals(Killed.ARGUMENT)) {
            Killed.run(Path.of(args[1]));
            return;
        }
        if (args.length < 3 || args.length > 4 || !List.of("overwrite", "open").contains(args[1])) {
            System.err.println("usage: MergeBenchmark FOLDER overwrite|open KEYS [ROUNDS]");
            System.exit(2);
        }
        int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 3;
        MergeBenchmark benchmark = new MergeBenchmark(Path.of(args[0]), Integer.parseInt(args[2]), rounds);
        System.out.printf(
                Locale.ROOT,
                "%,d keys, %d rounds, JDK %s, %d processors%n%n",
                benchmark.keys,
                rounds,
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
        if (args[1].equals("overwrite")) {
            benchmark.overwrite();
        } else {
            benchmark.open();
        }
    }

    private void overwrite() throws IOException {
        Rates rates = new Rates();
        Rates latencies = new Rates();
        Rates amplification = new Rates();
        for (int round = 0; round <= rounds; round++) {
            // The first round warms up.
            boolean counts = round > 0;
            for (boolean merging : List.of(false, true)) {
                overwrite(
                        merging,
                        counts ? rates : new Rates(),
                        counts ? latencies : new Rates(),
                        counts ? amplification : new Rates());
            }
        }
        rates.print("a second", "merging off");
        latencies.print("nanoseconds", "p50, merging off");
        amplification.print("thousandths", "written / appended, merging off");
    }

    private void overwrite(boolean merging, Rates rates, Rates latencies, Rates amplification) throws IOException {
        Path directory = Folders.fresh(folder, "merge-benchmark");
        String name = merging ? "merging on" : "merging off";
        KVOptions options = KVOptions.builder().autoMerge(merging).build();
        Histogram histogram = new Histogram(3);
        byte[] key = new byte[Data.KEY_BYTES];
        byte[] value = new byte[Data.VALUE_BYTES];
        try (KVStore store = KVStore.open(directory, options)) {
            fill(store, 0, keys);
            long live = store.stats().liveBytes();
            SplittableRandom random = new SplittableRandom(7);
            long most = 0;
            long puts = (long) OVERWRITES_PER_KEY * keys;
            long start = System.nanoTime();
            long before = start;
            for (long i = 0; i < puts; i++) {
                int number = random.nextInt(keys);
                Data.fillKey(key, number);
                Data.fillValue(value, number);
                store.put(key, value);
                long now = System.nanoTime();
                histogram.recordValue(now - before);
                before = now;
                if (i % SAMPLE_EVERY == 0) {
                    most = Math.max(most, store.stats().diskBytes());
                    before = System.nanoTime();
                }
            }
            rates.add(name, puts * 1e9 / (System.nanoTime() - start));
            for (double percentile : new double[] {50, 99, 99.9, 99.99}) {
                latencies.add(
                        String.format(Locale.ROOT, "p%s, %s", percentile, name).replace(".0,", ","),
                        (double) histogram.getValueAtPercentile(percentile));
            }
            latencies.add("max, " + name, (double) histogram.getMaxValue());
            KVStats stats = store.stats();
            amplification.add("written / appended, " + name, 1000 * stats.writeAmplification());
            amplification.add("most on disk / live, " + name, 1000.0 * most / live);
            System.out.printf(
                    Locale.ROOT,
                    "  %s: %,d merges, %,d segments merged away, writers slowed %,d times for %s, garbage %.2f%n",
                    name,
                    stats.merges(),
                    stats.mergedSegments(),
                    stats.writersSlowed(),
                    stats.writersSlowedTime(),
                    stats.garbageRatio());
            check(store);
        }
    }

    private void check(KVStore store) {
        byte[] key = new byte[Data.KEY_BYTES];
        for (int i = 0; i < keys; i += 97) {
            Data.fillKey(key, i);
            byte[] value = store.get(key);
            if (value == null) {
                throw new IllegalStateException("lost key number " + i);
            }
            Data.requireValue(value, i);
        }
        if (store.size() != keys) {
            throw new IllegalStateException(store.size() + " keys");
        }
    }

    private static void fill(KVStore store, int from, int to) {
        byte[] key = new byte[Data.KEY_BYTES];
        byte[] value = new byte[Data.VALUE_BYTES];
        for (int i = from; i < to; i++) {
            Data.fillKey(key, i);
            Data.fillValue(value, i);
            store.put(key, value);
        }
    }

    private void open() throws IOException {
        Path directory = Folders.fresh(folder, "merge-benchmark");
        try (KVStore store = KVStore.open(directory)) {
            fill(store, 0, keys);
            store.sync();
            awaitHints(directory, store.stats().segments() - 1);
        }
        Rates opening = new Rates();
        for (int round = 0; round <= rounds; round++) {
            Rates counted = round > 0 ? opening : new Rates();
            open(directory, "hints, after a clean close", counted);
            kill(directory);
            open(directory, "hints, after a kill", counted);
            deleteHints(directory);
            open(directory, "reading the segments", counted);
            try (KVStore store = KVStore.open(directory)) {
                awaitHints(directory, store.stats().segments() - 1);
            }
        }
        opening.print("milliseconds", "reading the segments");
    }

    private void open(Path directory, String name, Rates opening) {
        long start = System.nanoTime();
        try (KVStore store = KVStore.open(directory)) {
            opening.add(name, (System.nanoTime() - start) / 1e6);
            KVStats stats = store.stats();
            System.out.printf(
                    Locale.ROOT,
                    "  %s: %s, %d segments from hints, %d read whole%n",
                    name,
                    stats.openTime(),
                    stats.openSegmentsHinted(),
                    stats.openSegmentsRead());
            check(store);
        }
    }

    /** Opens the store in a process of its own, writes to it, and ends the process in the middle of that. */
    private static void kill(Path directory) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        MergeBenchmark.class.getName(),
                        Killed.ARGUMENT,
                        directory.toString())
                .inheritIO()
                .start();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** What the process does that is killed. */
    private static final class Killed {
        static final String ARGUMENT = "--killed";

        static void run(Path directory) {
            KVStore store = KVStore.open(directory);
            fill(store, 0, 10_000);
            Runtime.getRuntime().halt(0);
        }
    }

    private static void awaitHints(Path directory, int count) throws IOException {
        while (hints(directory).size() < count) {
            Thread.onSpinWait();
        }
    }

    private static void deleteHints(Path directory) throws IOException {
        for (Path hint : hints(directory)) {
            Files.delete(hint);
        }
    }

    private static List<Path> hints(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".hint")).toList();
        }
    }
}
