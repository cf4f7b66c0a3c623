package io.kvstore.benchmarks.workload;

import static io.kvstore.benchmarks.adapter.Feature.BATCH;
import static io.kvstore.benchmarks.adapter.Feature.KILL;
import static io.kvstore.benchmarks.adapter.Feature.MAP;
import static io.kvstore.benchmarks.adapter.Feature.POWER;
import static io.kvstore.benchmarks.adapter.Feature.READ;
import static io.kvstore.benchmarks.adapter.Feature.REOPEN;
import static io.kvstore.benchmarks.adapter.Feature.SCAN;

import io.kvstore.benchmarks.adapter.Feature;
import io.kvstore.benchmarks.adapter.Peer;
import io.kvstore.benchmarks.data.KeyChoice;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be measured, in the order in which it is. */
@SuppressWarnings("ImmutableEnumChecker") // steps have no state, the rest is made by Set.of and Map.of
public enum Workload {
    /** Every key once, into an empty store; all others of the same process need it. */
    FILL(Stage.MAIN, Set.of(READ), new Fill(), Map.of("fill", "put, new keys")),

    /** Gets by one thread. */
    READ_HIT(Stage.MAIN, Set.of(READ), Reads.hits("read-hit", 1), Map.of("read-hit", "get at random")),

    /** Gets by two threads. */
    READ_HIT_2(Stage.MAIN, Set.of(READ), Reads.hits("read-hit-2", 2), Map.of("read-hit-2", "get at random, 2 threads")),

    /** Gets of what is not there. */
    READ_MISS(Stage.MAIN, Set.of(MAP), Reads.misses("read-miss"), Map.of("read-miss", "get of absent keys")),

    /** All entries. */
    SCAN_ALL(Stage.MAIN, Set.of(SCAN), new Scan("scan-all"), Map.of("scan-all", "full scan")),

    /** Overwrites, evenly. */
    OVERWRITE(
            Stage.MAIN,
            Set.of(MAP),
            new Overwrite("overwrite", KeyChoice.UNIFORM),
            Map.of("overwrite", "overwrite at random")),

    /** Overwrites, some keys far more often than others. */
    OVERWRITE_ZIPFIAN(
            Stage.MAIN,
            Set.of(MAP),
            new Overwrite("overwrite-zipfian", KeyChoice.ZIPFIAN),
            Map.of("overwrite-zipfian", "overwrite, zipfian")),

    /** One of each. */
    READER_BESIDE_WRITER(
            Stage.MAIN,
            Set.of(MAP),
            Concurrent.readersAndWriters("read-beside-write", "write-beside-read", 1),
            Map.of("read-beside-write", "get beside a writer", "write-beside-read", "overwrite beside a reader")),

    /** Several of each. */
    READERS_AND_WRITERS(
            Stage.MAIN,
            Set.of(MAP),
            Concurrent.readersAndWriters("read-4-4", "write-4-4", 4),
            Map.of(
                    "read-4-4",
                    "get, 4 threads beside 4 writers",
                    "write-4-4",
                    "overwrite, 4 threads beside 4 readers")),

    /** Overwrites in batches. */
    BATCH_100(
            Stage.MAIN,
            Set.of(BATCH, MAP),
            new Batches("batch-100", 100),
            Map.of("batch-100", "overwrite in batches of 100")),

    /** Values of 64 KiB. */
    LARGE_VALUES(
            Stage.MAIN,
            Set.of(READ),
            new LargeValues("large-put", "large-get"),
            Map.of("large-put", "put of 64 KiB", "large-get", "get of 64 KiB")),

    /** Durable puts, one thread. */
    DURABLE_1(Stage.MAIN, Set.of(POWER), new DurablePuts("durable-1", 1), Map.of("durable-1", "durable put")),

    /** Durable puts, 4 threads. */
    DURABLE_4(
            Stage.MAIN,
            Set.of(POWER, MAP),
            new DurablePuts("durable-4", 4),
            Map.of("durable-4", "durable put, 4 threads")),

    /** Durable puts, 16 threads. */
    DURABLE_16(
            Stage.MAIN,
            Set.of(POWER, MAP),
            new DurablePuts("durable-16", 16),
            Map.of("durable-16", "durable put, 16 threads")),

    /** Durable puts, 64 threads. */
    DURABLE_64(
            Stage.MAIN,
            Set.of(POWER, MAP),
            new DurablePuts("durable-64", 64),
            Map.of("durable-64", "durable put, 64 threads")),

    /** Opening what was closed. */
    REOPEN_CLOSED(
            Stage.CLOSED,
            Set.of(REOPEN),
            new Reopen("reopen-closed", false),
            Map.of("reopen-closed", "open after a close")),

    /** Opening what a killed process has left. */
    REOPEN_KILLED(
            Stage.KILLED,
            Set.of(REOPEN, KILL),
            new Reopen("reopen-killed", true),
            Map.of("reopen-killed", "open after a kill")),

    /** Deleting everything. */
    DELETE_ALL(Stage.LAST, Set.of(REOPEN), new DeleteAll("delete-all"), Map.of("delete-all", "delete, every key"));

    private final Stage stage;
    private final Set<Feature> needs;
    private final Step step;
    private final Map<String, String> series;

    Workload(Stage stage, Set<Feature> needs, Step step, Map<String, String> series) {
        this.stage = stage;
        this.needs = needs;
        this.step = step;
        this.series = series;
    }

    /**
     * Its name on the command line.
     *
     * @return lower case
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a workload.
     *
     * @param id its name
     * @return the workload
     * @throws IllegalArgumentException if there is none of that name; its message lists all names
     */
    public static Workload of(String id) {
        return Arrays.stream(values())
                .filter(workload -> workload.id().equals(id))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("there is no workload \"" + id + "\"; use "
                        + Arrays.stream(values()).map(Workload::id).collect(Collectors.joining(", "))));
    }

    /**
     * What a series is, for people.
     *
     * @param name of the series
     * @return its title; the name itself if there is no such series
     */
    public static String title(String name) {
        return Arrays.stream(values())
                .filter(workload -> workload.series.containsKey(name))
                .map(workload -> workload.series.get(name))
                .findAny()
                .orElse(name);
    }

    /**
     * The process that it runs in.
     *
     * @return the stage
     */
    public Stage stage() {
        return stage;
    }

    /**
     * Whether a store has all that it needs.
     *
     * @param peer that would be measured
     * @return true if it has
     */
    public boolean suits(Peer peer) {
        return needs.stream().allMatch(peer::has);
    }

    /**
     * Does it.
     *
     * @param session of the peer
     * @throws IOException if the peer's files fail
     */
    public void run(Session session) throws IOException {
        step.run(session);
    }

    /**
     * What is written last in a process that will be killed.
     *
     * @param session whose store is open
     */
    public static void lastWrites(Session session) {
        Reopen.lastWrites(session);
    }
}
