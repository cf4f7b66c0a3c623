package io.kvstore.benchmarks;

import io.kvstore.Durability;
import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.driver.Folders;
import io.kvstore.typed.KVCounter;
import io.kvstore.typed.KVMap;
import io.kvstore.typed.KVMultimap;
import io.kvstore.typed.KVQueue;
import io.kvstore.typed.TypedStore;
import io.kvstore.typed.serializer.Serializer;
import io.kvstore.typed.serializer.Serializers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * What the typed collections cost beside the raw bucket: a map of 16 characters to {@code Long}, and a bucket of the
 * same bytes, which lie ready. One thread, in memory of the operating system throughout; all workloads take turns in
 * each round.
 */
public final class TypedBenchmark {
    private static final int SLICE = 10_000;

    /** One of so many keys is used for what takes more than a write. */
    private static final int OTHERS_SHARE = 4;

    private final Path folder;
    private final int rounds;
    private final String[] keys;
    private final byte[][] rawKeys;
    private final Rates rates = new Rates();
    private final SplittableRandom random = new SplittableRandom(1);
    private long found;

    private TypedBenchmark(Path folder, int count, int rounds) {
        this.folder = folder;
        this.rounds = rounds;
        keys = new String[count];
        rawKeys = new byte[count][];
        Serializer<String> text = Serializers.ofString();
        for (int i = 0; i < count; i++) {
            keys[i] = String.format(Locale.ROOT, "%016x", Entries.mix(i));
            rawKeys[i] = text.serialize(keys[i]);
        }
    }

    /**
     * Runs it.
     *
     * @param args a folder for the files, the number of keys (1,000,000), the number of rounds (5)
     * @throws IOException if the folder cannot be used
     */
    public static void main(String[] args) throws IOException {
        if (args.length < 1 || args.length > 3) {
            System.err.println("usage: TypedBenchmark FOLDER [KEYS] [ROUNDS]");
            System.exit(2);
        }
        int count = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        System.out.printf(
                Locale.ROOT,
                "%,d keys, %d rounds, JDK %s, %d processors%n%n",
                count,
                rounds,
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
        new TypedBenchmark(Path.of(args[0]), count, rounds).run();
    }

    private void run() throws IOException {
        KVOptions options = KVOptions.builder().durability(Durability.BUFFERED).build();
        for (int round = 0; round < rounds; round++) {
            try (KVStore store = KVStore.open(Folders.fresh(folder, "store"), options)) {
                TypedStore typed = TypedStore.of(store);
                maps(store.bucket("raw"), typed.map("map", String.class, Long.class));
                others(typed);
            }
        }
        Folders.fresh(folder, "store");
        rates.print("ops/s", "raw put, at random");
        if (found == 0) {
            throw new IllegalStateException("nothing was found");
        }
    }

    private int any() {
        return random.nextInt(keys.length);
    }

    private void maps(KVBucket raw, KVMap<String, Long> map) {
        byte[] value = Serializers.ofLong().serialize(1L);
        measure(
                keys.length,
                new Workload("raw put, new keys", i -> raw.put(rawKeys[i], value)),
                new Workload("KVMap.set, new keys", i -> map.set(keys[i], (long) i)));
        measure(
                keys.length,
                new Workload("raw put, at random", i -> raw.put(rawKeys[any()], value)),
                new Workload("KVMap.set", i -> map.set(keys[any()], (long) i)),
                new Workload("raw get", i -> found += raw.get(rawKeys[any()]) == null ? 0 : 1),
                new Workload("KVMap.get", i -> found += map.get(keys[any()]) == null ? 0 : 1),
                new Workload("raw get and replace", i -> {
                    byte[] key = rawKeys[any()];
                    byte[] present = raw.get(key);
                    found += present != null && raw.replace(key, present, value) ? 1 : 0;
                }),
                new Workload("KVMap.put", i -> map.put(keys[any()], (long) i)),
                new Workload("KVMap.merge", i -> map.merge(keys[any()], 1L, Long::sum)));
    }

    private void others(TypedStore typed) {
        KVCounter counter = typed.counter("counter");
        KVQueue<Long> queue = typed.queue("queue", Long.class);
        KVMultimap<String, Long> index = typed.multimap("index", String.class, Long.class);
        int times = keys.length / OTHERS_SHARE;
        measure(
                times,
                new Workload("KVCounter.increment", i -> counter.increment()),
                new Workload("KVQueue.add", i -> queue.add((long) i)),
                new Workload("KVQueue.poll", i -> found += queue.poll() == null ? 0 : 1),
                new Workload("KVMultimap.put, all under one key", i -> index.put("key", (long) i)),
                new Workload("KVMultimap.put, a key each", i -> index.put(keys[i], 1L)),
                new Workload("KVMultimap.containsEntry", i -> found += index.containsEntry(keys[i], 1L) ? 1 : 0));
        long start = System.nanoTime();
        for (long number : index.get("key")) {
            found += number & 1;
        }
        rates.add("values of one key by iterator", rate(times, System.nanoTime() - start));
    }

    /** What is done with each number. */
    private record Workload(String name, IntConsumer work) {}

    /** Slice by slice, in turns, so that whatever else the machine does falls on all of them. */
    private void measure(int times, Workload... workloads) {
        for (int from = 0; from < times; from += SLICE) {
            int to = Math.min(from + SLICE, times);
            for (Workload workload : workloads) {
                long start = System.nanoTime();
                for (int i = from; i < to; i++) {
                    workload.work().accept(i);
                }
                rates.add(workload.name(), rate(to - from, System.nanoTime() - start));
            }
        }
    }

    private static double rate(long count, long nanos) {
        return count * 1e9 / nanos;
    }
}
