package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVVerifyReport;
import io.kvstore.internal.engine.History.Entry;
import io.kvstore.internal.engine.History.State;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.PowerLoss;
import io.kvstore.testing.SimulatedDirectory;
import io.kvstore.testing.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What is found after a power loss at one moment. It must open without help, in one of the states that are allowed, to
 * read as to write, must be as good as new, and must survive the next power loss, in the middle of its recovery too.
 */
final class Survivor {
    private static final KVOptions NO_NEW_STORE = KVOptions.builder()
            .segmentSize(1024)
            .createIfMissing(false)
            .autoMerge(false)
            .build();

    private static final KVOptions READ_ONLY =
            KVOptions.builder().readOnly(true).build();

    /**
     * When the power was lost.
     *
     * @param operation the number of the file operation that was not done any more
     * @param description what it was
     * @param image what the power loss has to choose from
     * @param allowed in which the store may be found
     * @param survivesKill index of the first of them in which it may be found where the process alone died
     * @param backups that were begun
     * @param nowMillis time of the store's clock
     */
    record Moment(
            int operation,
            String description,
            SimulatedDisk.Image image,
            List<State> allowed,
            int survivesKill,
            List<Backup> backups,
            long nowMillis) {}

    /** A backup as it was at a moment. */
    record Backup(String directory, State state, boolean complete) {
        static List<Backup> of(List<Workload.BackedUp> backups) {
            return backups.stream()
                    .map(backup -> new Backup(backup.directory, backup.state, backup.complete))
                    .toList();
        }
    }

    private final SimulatedDisk disk;
    private final Moment moment;

    /** In which it may be found now. A power loss before it is open may still take what the first crash has left. */
    private final List<State> allowed;

    private final Random random;
    private final boolean crashAgain;
    private final List<Moment> later = new ArrayList<>();

    /** Of its own writes; null until it is open. */
    private volatile History history;

    private int operations;

    private Survivor(Moment moment, long seed, boolean crashAgain) {
        boolean processOnly = seed == PowerLoss.PROCESS_ONLY;
        this.disk = PowerLoss.after(moment.image, seed);
        this.moment = moment;
        this.allowed = moment.allowed.subList(processOnly ? moment.survivesKill : 0, moment.allowed.size());
        this.random = new Random(seed);
        this.crashAgain = crashAgain;
    }

    /** Checks everything; returns moments of it at which the power may be lost again. */
    List<Moment> check() {
        int inRecovery = random.nextInt(12);
        int anywhere = random.nextInt(120);
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(random.nextBoolean() ? Durability.BUFFERED : Durability.SYNC)
                .autoMerge(false)
                .build();
        FaultyDirectory files = new FaultyDirectory(disk.directory(Workload.STORE));
        if (crashAgain) {
            files.faults((operation, file) -> {
                if (operation.changes()) {
                    lookAt(operation + " " + file, inRecovery, anywhere);
                }
            });
        }
        Optional<Map<String, Map<String, String>>> shown = shownToReaders();
        try (FileStore store = FileStore.open(files, options, () -> moment.nowMillis, MergePoint.Hook.NONE)) {
            Map<String, Map<String, String>> stored = History.stored(store);
            require(
                    shown.isEmpty() || shown.get().equals(stored),
                    "opened to read, the store had " + brief(shown.orElse(stored)) + "\n  and now " + brief(stored));
            history = new History(allowed(stored));
            repeat(store, options.durability() == Durability.SYNC);
            write(store, options.durability() == Durability.SYNC);
            store.merge();
            requireEqual(store, "written to and merged");
            if (random.nextInt(4) == 0) {
                require(store.verify().ok(), "verify: " + store.verify());
            }
        }
        files.faults((operation, file) -> {});
        moment.backups.forEach(this::check);
        if (random.nextBoolean()) {
            return later;
        }
        try (FileStore store = FileStore.open(files, options, () -> moment.nowMillis, MergePoint.Hook.NONE)) {
            requireEqual(store, "closed and opened again");
        }
        return later;
    }

    /** What an open to read shows, if there is a store; it must leave each file as it is. */
    private Optional<Map<String, Map<String, String>>> shownToReaders() {
        SimulatedDirectory directory = disk.directory(Workload.STORE);
        Map<String, byte[]> before = directory.contents();
        if (!before.containsKey(FileNames.STORE)) {
            return Optional.empty();
        }
        Map<String, Map<String, String>> stored;
        try (FileStore store = FileStore.open(directory, READ_ONLY, () -> moment.nowMillis, MergePoint.Hook.NONE)) {
            stored = History.stored(store);
            allowed(stored);
            KVVerifyReport report = store.verify();
            require(report.ok(), "opened to read, verify: " + report);
        }
        Map<String, byte[]> after = directory.contents();
        require(
                before.keySet().equals(after.keySet()),
                "opened to read, the files were " + before.keySet() + " and are " + after.keySet());
        before.forEach(
                (name, bytes) -> require(Arrays.equals(bytes, after.get(name)), "an open to read has changed " + name));
        return Optional.of(stored);
    }

    /**
     * Makes a disk that the power loss could leave, and opens the store on it, as far as it comes.
     *
     * @return the moments in front of each changing file operation of the recovery; what may be found after a power
     *     loss there is what might have been found before
     */
    static List<Moment> inRecovery(Moment moment, long seed) {
        Survivor survivor = new Survivor(moment, seed, false);
        Thread opening = Thread.currentThread();
        FaultyDirectory files = new FaultyDirectory(survivor.disk.directory(Workload.STORE));
        files.faults((operation, file) -> {
            if (operation.changes() && Thread.currentThread() == opening) {
                survivor.lookAt("recovery: " + operation + " " + file, survivor.operations, -1);
            }
        });
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(Durability.SYNC)
                .autoMerge(false)
                .build();
        FileStore store = FileStore.open(files, options, () -> moment.nowMillis, MergePoint.Hook.NONE);
        files.faults((operation, file) -> {});
        List<Moment> found;
        synchronized (survivor) {
            found = List.copyOf(survivor.later);
        }
        store.close();
        return found;
    }

    /** In front of a file operation. */
    private synchronized void lookAt(String description, int inRecovery, int anywhere) {
        int operation = operations++;
        if (operation != inRecovery && operation != anywhere) {
            return;
        }
        History own = history;
        int synced = own == null ? 0 : own.syncedIndex();
        SimulatedDisk.Image image = disk.image();
        List<State> then = own == null ? moment.allowed : own.since(synced);
        later.add(new Moment(operation, description, image, then, 0, moment.backups, moment.nowMillis));
    }

    private State allowed(Map<String, Map<String, String>> found) {
        for (State state : allowed) {
            if (state.visible(moment.nowMillis).equals(found)) {
                return state;
            }
        }
        StringBuilder text = new StringBuilder("the store has " + brief(found) + ", which is none of");
        allowed.forEach(state -> text.append("\n  ").append(brief(state.visible(moment.nowMillis))));
        throw new AssertionError(text);
    }

    /** With one letter for many. */
    private static String brief(Map<String, Map<String, String>> stored) {
        return stored.toString().replaceAll("(.)\\1{3,}", "$1*");
    }

    /**
     * Writes a record of the size of the first one that was lost, and may lose the power again: what is left of those
     * behind it would fit on exactly.
     */
    private void repeat(FileStore store, boolean synced) {
        State found = history.last();
        int next = moment.allowed.indexOf(found) + 1;
        if (next == moment.allowed.size()) {
            return;
        }
        moment.allowed
                .get(next)
                .buckets()
                .forEach((name, entries) -> entries.forEach((key, entry) -> {
                    boolean lost = !entry.equals(found.bucket(name).get(key));
                    if (lost && entry.expiryMillis() == Long.MAX_VALUE && history.last() == found) {
                        String value = "r".repeat(entry.value().length());
                        write(
                                found.with(name, key, new Entry(value, Long.MAX_VALUE)),
                                () -> (name.isEmpty() ? store : store.bucket(name)).put(Bytes.of(key), Bytes.of(value)),
                                synced);
                    }
                }));
        if (crashAgain && history.last() != found) {
            synchronized (this) {
                later.add(new Moment(
                        operations,
                        "what was lost is written again",
                        disk.image(),
                        history.since(history.syncedIndex()),
                        history.acknowledgedIndex() - history.syncedIndex(),
                        moment.backups,
                        moment.nowMillis));
            }
        }
    }

    private void write(FileStore store, boolean synced) {
        write(
                history.last().with("", "key-1", new Entry("after the crash", Long.MAX_VALUE)),
                () -> store.put(Bytes.of("key-1"), Bytes.of("after the crash")),
                synced);
        write(
                history.last().with("", "key-2", new Entry("z".repeat(700), Long.MAX_VALUE)),
                () -> store.put(Bytes.of("key-2"), Bytes.of("z".repeat(700))),
                synced);
        write(history.last().without("", "key-1"), () -> store.delete(Bytes.of("key-1")), synced);
        State both = history.last()
                .with("", "key-3", new Entry("batch", Long.MAX_VALUE))
                .with("red", "key-3", new Entry("batch", Long.MAX_VALUE));
        write(
                both,
                () -> {
                    try (KVBatch batch = store.batch()) {
                        batch.put(Bytes.of("key-3"), Bytes.of("batch"))
                                .put(store.bucket("red"), Bytes.of("key-3"), Bytes.of("batch"))
                                .commit();
                    }
                },
                synced);
        if (random.nextBoolean()) {
            store.sync();
            history.synced();
        }
    }

    private void write(State next, Runnable write, boolean synced) {
        history.attempt(next);
        write.run();
        history.acknowledge();
        if (synced) {
            history.synced();
        }
    }

    private void requireEqual(FileStore store, String when) {
        Map<String, Map<String, String>> expected = history.last().visible(moment.nowMillis);
        Map<String, Map<String, String>> stored = History.stored(store);
        require(
                stored.equals(expected),
                when + ", the store has " + brief(stored) + "\n  instead of " + brief(expected));
    }

    /** A backup that was complete is there, and one that was not is so all the same, or is no store. */
    private void check(Backup backup) {
        FaultyDirectory files = new FaultyDirectory(disk.directory(backup.directory));
        boolean isStore = disk.directory(backup.directory).contents().containsKey(FileNames.STORE);
        try (FileStore store = FileStore.open(files, NO_NEW_STORE, () -> moment.nowMillis, MergePoint.Hook.NONE)) {
            Map<String, Map<String, String>> stored = History.stored(store);
            Map<String, Map<String, String>> expected = backup.state.visible(moment.nowMillis);
            require(
                    stored.equals(expected),
                    backup.directory + " has " + brief(stored) + "\n  instead of " + brief(expected));
        } catch (KVException e) {
            if (backup.complete || isStore) {
                throw new AssertionError(backup.directory + " does not open: " + e.getMessage(), e);
            }
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /**
     * Makes a disk that the power loss could leave, checks it, and loses the power again. A disk that fails is left in
     * {@code target/power-loss}.
     *
     * @param crashAgain whether to
     * @param name of the case, for the files that are left
     * @return how many disks were checked
     */
    static int checkAll(Moment moment, long seed, boolean crashAgain, String name) {
        List<Moment> later;
        try {
            later = new Survivor(moment, seed, crashAgain).check();
        } catch (AssertionError | RuntimeException e) {
            Path left = dump(PowerLoss.after(moment.image, seed), name);
            throw new AssertionError(
                    "power lost in front of operation " + moment.operation + " (" + moment.description
                            + "), disk of seed " + seed + ", left in " + left + ": "
                            + (e instanceof AssertionError ? e.getMessage() : e),
                    e);
        }
        int checked = 1;
        for (Moment second : later) {
            try {
                long again = second.survivesKill > 0 && seed % 2 == 0 ? PowerLoss.PROCESS_ONLY : seed + 2;
                checked += checkAll(second, again, false, name + "-again");
            } catch (AssertionError e) {
                Path left = dump(PowerLoss.after(moment.image, seed), name);
                throw new AssertionError(
                        "power lost in front of operation " + moment.operation + " (" + moment.description
                                + "), disk of seed " + seed + ", left in " + left + "; and again: " + e.getMessage(),
                        e);
            }
        }
        return checked;
    }

    private static Path dump(SimulatedDisk disk, String name) {
        Path target = Path.of("target", "power-loss", name);
        try {
            disk.dump(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }
}
