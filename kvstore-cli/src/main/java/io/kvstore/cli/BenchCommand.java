package io.kvstore.cli;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** {@code kvstore bench}. */
@Command(
        name = "bench",
        description = {
            "Measures this machine and disk for about a minute.",
            "With one thread: a store of keys of 16 bytes is made in a new folder in DIR, and "
                    + "removed. The result tells orders of magnitude, not percents. Takes up to some GiB of "
                    + "disk while it runs."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int PHASES = 5;
    private static final long KEYS_MAX = 10_000_000;
    private static final int CLOCK_EVERY = 64;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "A folder on the disk to be measured. Default: the current one.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path directory;

    @Option(names = "--seconds", paramLabel = "N", description = "How long in all, 1 to 3600. Default: 60.")
    int seconds = 60;

    @Option(names = "--value-size", paramLabel = "BYTES", description = "Size of the values, 0 to 65536. Default: 100.")
    int valueSize = 100;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    boolean json;

    private final ArrayNode results = CborJson.JSON.createArrayNode();
    private final Table table = new Table().row("what", "operations", "a second", "microseconds each");
    private final SplittableRandom random = new SplittableRandom(1);
    private final byte[] key = new byte[16];

    @Override
    public Integer call() throws IOException {
        if (seconds < 1 || seconds > 3600 || valueSize < 0 || valueSize > 65536) {
            throw new ParameterException(spec.commandLine(), "--seconds must be 1 to 3600, --value-size 0 to 65536");
        }
        Console console = ((KVStoreCommand) spec.root().userObject()).console();
        Path folder = Files.createTempDirectory(directory, "kvstore-bench-");
        try (StopSignal stop = new StopSignal()) {
            boolean ended;
            try {
                ended = measure(folder, stop, console);
            } finally {
                remove(folder);
            }
            if (json) {
                console.json(CborJson.JSON
                        .createObjectNode()
                        .put("valueSize", valueSize)
                        .set("results", results));
            } else {
                table.print(console);
            }
            // Here, since a process that was interrupted ends with the line below.
            console.flush();
            return ended ? ExitCode.FINE : ExitCode.INTERRUPTED;
        }
    }

    private boolean measure(Path folder, StopSignal stop, Console console) {
        byte[] value = new byte[valueSize];
        random.nextBytes(value);
        long keys;
        try (KVStore store = KVStore.open(folder.resolve("store"))) {
            keys = run("put, durability os", console, stop, KEYS_MAX, i -> store.put(key(i), value));
            long stored = Math.max(keys, 1);
            run("get", console, stop, Long.MAX_VALUE, i -> require(store.get(key(random.nextLong(stored))) != null));
            run("get, absent", console, stop, Long.MAX_VALUE, i -> require(store.get(key(-1 - i)) == null));
            run(
                    "overwrite, with merges",
                    console,
                    stop,
                    Long.MAX_VALUE,
                    i -> store.put(key(random.nextLong(stored)), value));
        }
        long startNanos = System.nanoTime();
        KVStore.open(folder.resolve("store")).close();
        add("open, keys", keys, System.nanoTime() - startNanos);
        try (KVStore store = KVStore.open(
                folder.resolve("sync"),
                KVOptions.builder().durability(Durability.SYNC).build())) {
            run("put, durability sync", console, stop, KEYS_MAX, i -> store.put(key(i), value));
        }
        return !stop.isRequested();
    }

    /** Runs an operation for its share of the time, and returns how often. */
    private long run(String what, Console console, StopSignal stop, long most, Operation operation) {
        long nanos = TimeUnit.SECONDS.toNanos(seconds) / PHASES;
        long startNanos = System.nanoTime();
        long elapsed = 0;
        long done = 0;
        try (Progress progress = new Progress(console, what)) {
            while (elapsed < nanos && done < most && !stop.isRequested()) {
                for (int i = 0; i < CLOCK_EVERY; i++) {
                    operation.run(done++);
                }
                elapsed = System.nanoTime() - startNanos;
                progress.at(done, (double) elapsed / nanos);
            }
        }
        add(what, done, elapsed);
        return done;
    }

    private void add(String what, long count, long nanos) {
        double micros = count == 0 ? 0 : nanos / 1000.0 / count;
        table.row(
                what,
                Human.count(count),
                Progress.rate(count, nanos),
                String.format(java.util.Locale.ROOT, "%.2f", micros));
        results.addObject()
                .put("what", what)
                .put("operations", count)
                .put("nanos", nanos)
                .put("microsEach", micros);
    }

    private byte[] key(long number) {
        ByteBuffer.wrap(key).putLong(number).putLong(number * 0x9E3779B97F4A7C15L);
        return key;
    }

    private static void require(boolean right) {
        if (!right) {
            throw new IllegalStateException("the store has answered wrongly");
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Operation {
        void run(long number);
    }
}
