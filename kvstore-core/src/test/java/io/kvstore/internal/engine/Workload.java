package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVBackupOptions;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVTransaction;
import io.kvstore.internal.engine.History.Entry;
import io.kvstore.internal.engine.History.State;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.SimulatedDisk;
import io.kvstore.testing.Stores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Everything that can be done to a store, in an order that a seed decides, on a simulated disk: verbs over several
 * buckets, batches, transactions, times-to-live, drops, rolls of tiny segments, merges with their hints and what is
 * done while they run, syncs, backups by links and by copies, closes and reopens. Keeps the {@link History} beside it.
 */
final class Workload {
    /** Name of the store's directory. */
    static final String STORE = "simulated";

    private static final List<String> BUCKETS = List.of("", "red", "blue");
    private static final int[] SEGMENT_SIZES = {1024, 3000, 9000, 20_000};

    /** What can be done, as often as it is. */
    enum Step {
        PUT(18),
        /** In front of each backup and close. */
        FILL(0),
        PUT_LARGE(3),
        PUT_EXPIRING(4),
        DELETE(8),
        TIME_PASSES(2),
        GET(4),
        SCAN(1),
        BATCH(4),
        /** With a sync between two of its records, where these go to a mapping. */
        SYNCED_BATCH(2),
        TRANSACTION(4),
        DROP(2),
        SYNC(2),
        MERGE(3),
        BACKUP(2),
        REOPEN(2);

        private final int times;

        Step(int times) {
            this.times = times;
        }
    }

    /** At one of so many points of merges something is done. */
    private static final int ONE_POINT_OF = 6;

    /** What is done while a merge runs; one several times as often as it is named. */
    private static final List<Step> WHILE_MERGING = List.of(
            Step.PUT,
            Step.PUT,
            Step.PUT_LARGE,
            Step.PUT_EXPIRING,
            Step.DELETE,
            Step.DELETE,
            Step.TIME_PASSES,
            Step.GET,
            Step.BATCH,
            Step.SYNCED_BATCH,
            Step.TRANSACTION,
            Step.DROP,
            Step.SYNC,
            Step.BACKUP);

    /** A backup: the state that it is to have, and whether it is complete. */
    static final class BackedUp {
        final String directory;
        final State state;
        volatile boolean complete;

        BackedUp(String directory, State state) {
            this.directory = directory;
            this.state = state;
        }
    }

    /** Is told of what a store throws. */
    interface Failures {
        /**
         * An operation has failed.
         *
         * @param step that failed
         * @param failure what it threw
         * @return whether the workload is to end
         */
        boolean failed(Step step, KVException failure);
    }

    final SimulatedDisk disk = new SimulatedDisk();
    final History history = new History(State.EMPTY);
    final List<BackedUp> backups = new CopyOnWriteArrayList<>();
    volatile long nowMillis = 1_000_000;

    /** Of the store as it was opened last. */
    private volatile KVOptions options;

    /** This and what follows belongs to the caller, and while that waits for a merge, to the merging thread. */
    private final Random random;

    private final List<Step> steps = new ArrayList<>();
    private final int share;
    private final FaultyDirectory.Faults faults;
    private final Durability usual;
    private Failures failures;
    private FileStore store;
    private int values;
    private boolean over;

    /** After so many records that go to a mapping the store is synced; 0 for never. */
    private int untilSync;

    private KVException failureOfSync;

    /**
     * A workload.
     *
     * @param seed decides everything
     * @param share one divided by it is how much of everything is done
     * @param faults in front of each file operation
     */
    Workload(long seed, int share, FaultyDirectory.Faults faults) {
        this.random = new Random(seed);
        this.share = share;
        this.faults = faults;
        // Seeds that follow each other take turns.
        this.usual = Durability.values()[Math.floorMod(seed, Durability.values().length)];
        this.options = options(usual);
        List<Step> shuffled = new ArrayList<>();
        for (Step step : Step.values()) {
            int least = Math.min(1, step.times);
            shuffled.addAll(Collections.nCopies(Math.max(least, step.times / share), step));
        }
        Collections.shuffle(shuffled, random);
        for (Step step : shuffled) {
            if (step == Step.BACKUP || step == Step.REOPEN) {
                steps.add(Step.FILL);
            }
            steps.add(step);
        }
    }

    private KVOptions options(Durability mode) {
        return KVOptions.builder()
                .segmentSize(SEGMENT_SIZES[random.nextInt(SEGMENT_SIZES.length)])
                .durability(mode)
                .syncInterval(Duration.ofHours(1))
                .autoMerge(false)
                .build();
    }

    /** Each directory of the disk, with the faults. */
    FaultyDirectory directory(String name) {
        FaultyDirectory directory = new FaultyDirectory(disk.directory(name));
        directory.faults((operation, file) -> {
            if (operation == Operation.MAPPED_PUT && untilSync > 0 && --untilSync == 0) {
                syncFromAnotherThread();
            }
            faults.before(operation, file);
        });
        return directory;
    }

    /**
     * Opens the store, does everything, and closes it.
     *
     * @param beforeEach called in front of each step
     * @param told of each error that is thrown
     */
    void run(Runnable beforeEach, Failures told) {
        failures = told;
        while (store == null) {
            try {
                open();
            } catch (KVException e) {
                if (failures.failed(Step.REOPEN, e)) {
                    return;
                }
            }
        }
        for (Step step : steps) {
            beforeEach.run();
            runOrFail(step);
            if (over) {
                return;
            }
        }
        beforeEach.run();
        try {
            store.close();
            history.synced();
        } catch (KVException e) {
            failures.failed(Step.REOPEN, e);
        }
    }

    /** Does one step, tells of its failure, and is over if that is the end. */
    private void runOrFail(Step step) {
        try {
            run(step);
        } catch (KVException e) {
            over |= failures.failed(step, e);
            while (step == Step.REOPEN && !over) {
                // However it has failed, it is closed.
                try {
                    open();
                    return;
                } catch (KVException again) {
                    over = failures.failed(step, again);
                }
            }
        }
    }

    /** On the merging thread, where a merge has come to a point: does what other threads may do meanwhile. */
    private void whileMerging(MergePoint point) {
        if (random.nextInt(ONE_POINT_OF * share) > 0) {
            return;
        }
        for (int left = random.nextInt(4); left > 0 && !over; left--) {
            runOrFail(WHILE_MERGING.get(random.nextInt(WHILE_MERGING.size())));
        }
    }

    FileStore store() {
        return store;
    }

    /** The mode in which the store is open, or is opened. */
    Durability durability() {
        return options.durability();
    }

    private void open() {
        store = FileStore.open(directory(STORE), options, () -> nowMillis, this::whileMerging);
    }

    private KVBucket bucket(String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    private String anyBucket() {
        return BUCKETS.get(random.nextInt(BUCKETS.size()));
    }

    private String anyKey() {
        return "key-" + random.nextInt(12);
    }

    private String newValue() {
        return "value-" + values++ + "-" + "x".repeat(random.nextInt(120));
    }

    private void run(Step step) {
        switch (step) {
            case PUT -> put(newValue());
            case PUT_LARGE -> put(newValue() + "y".repeat(600 + random.nextInt(6000)));
            case PUT_EXPIRING -> putExpiring();
            case DELETE -> delete();
            case TIME_PASSES -> nowMillis += 1_000;
            case GET -> get();
            case SCAN -> scan();
            case BATCH -> batch();
            case SYNCED_BATCH -> syncedBatch();
            case TRANSACTION -> transact();
            case DROP -> drop();
            case SYNC -> {
                store.sync();
                history.synced();
            }
            case MERGE -> store.merge();
            case FILL -> fillASegment();
            case BACKUP -> backup();
            case REOPEN -> {
                store.close();
                history.synced();
                Durability any = Durability.values()[random.nextInt(Durability.values().length)];
                options = options(random.nextBoolean() ? usual : any);
                open();
            }
            default -> throw new AssertionError(step);
        }
    }

    private void write(State next, Runnable write) {
        history.attempt(next);
        write.run();
        history.acknowledge();
        if (durability() == Durability.SYNC) {
            history.synced();
        }
    }

    private void put(String value) {
        String name = anyBucket();
        String key = anyKey();
        write(
                history.last().with(name, key, new Entry(value, Long.MAX_VALUE)),
                () -> bucket(name).put(Bytes.of(key), Bytes.of(value)));
    }

    /** Leaves a sealed segment that was not synced, unless each write is. */
    private void fillASegment() {
        int half = (int) options.segmentSize() / 2;
        put("half of a segment " + "h".repeat(half));
        put("and the rest " + "h".repeat(half));
    }

    private void putExpiring() {
        String name = anyBucket();
        String key = anyKey();
        String value = newValue();
        int millis = 1 + random.nextInt(1_500);
        write(
                history.last().with(name, key, new Entry(value, nowMillis + millis)),
                () -> bucket(name).put(Bytes.of(key), Bytes.of(value), Duration.ofMillis(millis)));
    }

    private void delete() {
        String name = anyBucket();
        String key = anyKey();
        State last = history.last();
        if (last.bucket(name).isEmpty()) {
            return;
        }
        boolean present = last.value(name, key, nowMillis) != null;
        if (!present && !last.bucket(name).containsKey(key)) {
            assertThat(bucket(name).delete(Bytes.of(key))).isFalse();
            return;
        }
        write(
                last.without(name, key),
                () -> assertThat(bucket(name).delete(Bytes.of(key))).isEqualTo(present));
    }

    private void get() {
        String name = anyBucket();
        String key = anyKey();
        assertThat(Bytes.text(bucket(name).get(Bytes.of(key))))
                .isEqualTo(history.last().value(name, key, nowMillis));
    }

    private void scan() {
        String name = anyBucket();
        assertThat(Stores.scan(bucket(name)))
                .isEqualTo(history.last().visible(nowMillis).getOrDefault(name, Map.of()));
    }

    private void drop() {
        String name = BUCKETS.get(1 + random.nextInt(BUCKETS.size() - 1));
        if (history.last().buckets().containsKey(name)) {
            write(
                    history.last().withoutBucket(name),
                    () -> assertThat(store.dropBucket(name)).isTrue());
        }
    }

    private void batch() {
        State next = history.last();
        try (KVBatch batch = store.batch()) {
            for (int i = 1 + random.nextInt(8); i >= 0; i--) {
                String name = anyBucket();
                String key = anyKey();
                if (random.nextInt(3) == 0 && next.bucket(name).containsKey(key)) {
                    batch.delete(bucket(name), Bytes.of(key));
                    next = next.without(name, key);
                } else {
                    String value = newValue();
                    batch.put(bucket(name), Bytes.of(key), Bytes.of(value));
                    next = next.with(name, key, new Entry(value, Long.MAX_VALUE));
                }
            }
            write(withoutBucketsThatWereNotMade(next), batch::commit);
        }
    }

    private void syncedBatch() {
        untilSync = 1 + random.nextInt(4);
        failureOfSync = null;
        try {
            batch();
        } finally {
            untilSync = 0;
        }
        if (failureOfSync != null) {
            throw failureOfSync;
        }
    }

    /** Whoever commits a batch waits for it. */
    private void syncFromAnotherThread() {
        // By its name the order of turns takes it for the thread of the store that syncs.
        Thread syncing = new Thread(
                () -> {
                    try {
                        store.sync();
                        history.synced();
                    } catch (KVException e) {
                        failureOfSync = e;
                    }
                },
                "kvstore-" + STORE + "-sync");
        syncing.start();
        try {
            syncing.join();
        } catch (InterruptedException e) {
            throw new AssertionError("the workload was interrupted", e);
        }
    }

    /** A put that is taken back in the same batch makes no bucket. */
    private State withoutBucketsThatWereNotMade(State next) {
        State made = next;
        for (String name : BUCKETS) {
            if (made.bucket(name).isEmpty() && !history.last().buckets().containsKey(name)) {
                made = made.withoutBucket(name);
            }
        }
        return made;
    }

    private void transact() {
        State next = history.last();
        try (KVTransaction tx = store.begin()) {
            for (int i = 1 + random.nextInt(4); i >= 0; i--) {
                String name = anyBucket();
                String key = anyKey();
                String read = Bytes.text((name.isEmpty() ? tx : tx.bucket(name)).get(Bytes.of(key)));
                assertThat(read).isEqualTo(next.value(name, key, nowMillis));
                String value = newValue();
                (name.isEmpty() ? tx : tx.bucket(name)).put(Bytes.of(key), Bytes.of(value));
                next = next.with(name, key, new Entry(value, Long.MAX_VALUE));
            }
            write(next, tx::commit);
        }
    }

    private void backup() {
        BackedUp backup = new BackedUp("backup-" + backups.size(), history.last());
        KVBackupOptions links =
                KVBackupOptions.builder().hardLinks(backups.size() % 2 == 0).build();
        FaultyDirectory target = directory(backup.directory);
        backups.add(backup);
        store.backup(target, links);
        backup.complete = true;
    }
}
