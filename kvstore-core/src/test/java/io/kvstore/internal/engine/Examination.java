package io.kvstore.internal.engine;

import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVVerifyReport;
import io.kvstore.internal.engine.History.Entry;
import io.kvstore.internal.engine.History.State;
import io.kvstore.testing.Bytes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Uses a {@link RichStore} whose files were damaged, in every way: opens it to read and to write, reads each key,
 * scans, checks, writes, merges, closes, opens it again. Each step has the right outcome, or ends in a
 * {@link KVException} that names a file; what a check calls intact is all there, and stays so.
 */
final class Examination {
    private final Path directory;
    private List<State> allowed;
    private int refused;
    private int damagedKeys;

    private Examination(Path directory, List<State> allowed) {
        this.directory = directory;
        this.allowed = allowed;
    }

    /** How a store was found. */
    enum Outcome {
        /** It opens, and everything in it is right. */
        WHOLE,
        /** It opens, and tells of damage when it is read or checked. */
        IN_PART,
        /** It does not open. */
        REFUSED
    }

    /**
     * Examines a store; changes it.
     *
     * @param directory of the store
     * @param allowed states in which it may be, once the keys that it calls damaged are left out
     * @return how it was found
     */
    static Outcome of(Path directory, List<State> allowed) {
        return new Examination(directory, allowed).run();
    }

    private Outcome run() {
        boolean intactToReaders = false;
        try (FileStore store = RichStore.openReadOnly(directory)) {
            intactToReaders = look(store, "opened to read");
        } catch (KVException e) {
            requireClear(e, "opening to read");
        }
        boolean intact;
        try (FileStore store = RichStore.open(directory, RichStore.NOW_MILLIS)) {
            intact = look(store, "opened");
            require(intact || !intactToReaders, "a check before said that it is intact");
            use(store);
            intact &= look(store, "used");
        } catch (KVException e) {
            requireClear(e, "opening");
            // What cannot be removed from the directory does not matter to readers.
            require(
                    !intactToReaders || e.code() == KVErrorCode.IO_ERROR,
                    "it was intact to readers: " + e.getMessage());
            return Outcome.REFUSED;
        }
        try (FileStore store = RichStore.open(directory, RichStore.NOW_MILLIS)) {
            boolean still = look(store, "opened again");
            require(still || !intact, "it was intact before it was closed");
        } catch (KVException e) {
            requireClear(e, "opening again");
            require(!intact, "it was intact before it was closed: " + e.getMessage());
        }
        return refused + damagedKeys == 0 && intact ? Outcome.WHOLE : Outcome.IN_PART;
    }

    /** Reads everything; whether a check calls the store intact. */
    private boolean look(FileStore store, String when) {
        Map<String, Map<String, String>> found = new HashMap<>();
        Set<String> damaged = new HashSet<>();
        for (String name : RichStore.BUCKETS) {
            Map<String, String> values = new HashMap<>();
            found.put(name, values);
            for (int i = 0; i < RichStore.KEYS; i++) {
                String key = RichStore.key(i);
                try {
                    byte[] value = bucket(store, name).get(Bytes.of(key));
                    if (value != null) {
                        values.put(key, Bytes.text(value));
                    }
                } catch (KVException e) {
                    requireClear(e, "get");
                    damaged.add(name + "/" + key);
                }
            }
        }
        State state = stateOf(found, damaged, when);
        require(
                state.visible(RichStore.NOW_MILLIS).keySet().equals(names(store)),
                when + ", the store has the buckets " + store.bucketNames());
        allowed = List.of(state);
        damagedKeys += damaged.size();
        for (String name : RichStore.BUCKETS) {
            scan(bucket(store, name), state.visible(RichStore.NOW_MILLIS).getOrDefault(name, Map.of()), when);
        }
        KVVerifyReport report = store.verify();
        require(!report.ok() || damaged.isEmpty(), when + ", a check says that all is intact, though not " + damaged);
        return report.ok();
    }

    private static KVBucket bucket(FileStore store, String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    private static Set<String> names(FileStore store) {
        Set<String> names = new HashSet<>(store.bucketNames());
        names.add("");
        return names;
    }

    private State stateOf(Map<String, Map<String, String>> found, Set<String> damaged, String when) {
        for (State state : allowed) {
            if (fits(found, damaged, state)) {
                return state;
            }
        }
        throw new AssertionError(when + ", the store has " + found + ", damaged " + damaged + "\n  instead of "
                + allowed.get(allowed.size() - 1).visible(RichStore.NOW_MILLIS) + "\n  or one of "
                + (allowed.size() - 1) + " states before");
    }

    private static boolean fits(Map<String, Map<String, String>> found, Set<String> damaged, State state) {
        for (String name : RichStore.BUCKETS) {
            for (int i = 0; i < RichStore.KEYS; i++) {
                String key = RichStore.key(i);
                String expected = state.value(name, key, RichStore.NOW_MILLIS);
                String value = found.get(name).get(key);
                if (!damaged.contains(name + "/" + key)
                        && (expected == null ? value != null : !expected.equals(value))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Each entry comes once, but for those that are told to be damaged. */
    private void scan(KVBucket bucket, Map<String, String> expected, String when) {
        Set<String> seen = new HashSet<>();
        int told = 0;
        try (KVCursor cursor = bucket.scan()) {
            for (boolean more = true; more; ) {
                try {
                    more = cursor.next();
                } catch (KVException e) {
                    requireClear(e, "scan");
                    told++;
                    continue;
                }
                if (more) {
                    String key = Bytes.text(cursor.key());
                    require(seen.add(key), when + ", a scan has " + key + " twice");
                    require(
                            Bytes.text(cursor.value()).equals(expected.get(key)),
                            when + ", a scan has " + key + " = " + Bytes.text(cursor.value()));
                }
            }
        }
        require(
                seen.size() + told >= expected.size() && (told > 0 || seen.size() == expected.size()),
                when + ", a scan has " + seen + " and tells of " + told + " damaged instead of " + expected);
    }

    private void use(FileStore store) {
        write(
                allowed.get(0).with("", "key-0", new Entry("new", Long.MAX_VALUE)),
                () -> store.put(Bytes.of("key-0"), Bytes.of("new")));
        write(allowed.get(0).without("", "key-2"), () -> store.delete(Bytes.of("key-2")));
        write(
                allowed.get(0)
                        .with("", "key-5", new Entry("batch", Long.MAX_VALUE))
                        .with("blue", "key-5", new Entry("batch", Long.MAX_VALUE)),
                () -> {
                    try (KVBatch batch = store.batch()) {
                        batch.put(Bytes.of("key-5"), Bytes.of("batch"))
                                .put(store.bucket("blue"), Bytes.of("key-5"), Bytes.of("batch"))
                                .commit();
                    }
                });
        try {
            store.merge();
        } catch (KVException e) {
            requireClear(e, "merge");
            refused++;
        }
    }

    private void write(State next, Runnable write) {
        try {
            write.run();
            allowed = List.of(next);
        } catch (KVException e) {
            requireClear(e, "write");
            refused++;
        }
    }

    private void requireClear(KVException e, String step) {
        String message = String.valueOf(e.getMessage());
        if (!message.contains(directory.toString())) {
            throw new AssertionError(step + ": an error that names no file: " + message, e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
