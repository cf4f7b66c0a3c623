package io.kvstore.internal.engine;

import io.kvstore.KVStore;
import io.kvstore.testing.Stores;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The states that a store goes through, one more with each write, as plain maps: by bucket, named buckets only where
 * they exist, and key. Values whose time has come are in it. Thread-safe.
 */
final class History {
    /** A value and the time from which on it does not count. */
    record Entry(String value, long expiryMillis) {}

    /** Immutable. */
    record State(Map<String, Map<String, Entry>> buckets) {
        static final State EMPTY = new State(Map.of());

        Map<String, Entry> bucket(String name) {
            return buckets.getOrDefault(name, Map.of());
        }

        State with(String name, String key, Entry entry) {
            Map<String, Entry> entries = new HashMap<>(bucket(name));
            entries.put(key, entry);
            return withBucket(name, entries);
        }

        State without(String name, String key) {
            Map<String, Entry> entries = new HashMap<>(bucket(name));
            entries.remove(key);
            return withBucket(name, entries);
        }

        private State withBucket(String name, Map<String, Entry> entries) {
            Map<String, Map<String, Entry>> all = new HashMap<>(buckets);
            all.put(name, Map.copyOf(entries));
            return new State(Map.copyOf(all));
        }

        State withoutBucket(String name) {
            Map<String, Map<String, Entry>> all = new HashMap<>(buckets);
            all.remove(name);
            return new State(Map.copyOf(all));
        }

        String value(String name, String key, long nowMillis) {
            Entry entry = bucket(name).get(key);
            return entry == null || entry.expiryMillis <= nowMillis ? null : entry.value;
        }

        /** What a scan shows, as {@link #stored} tells it of a store. */
        Map<String, Map<String, String>> visible(long nowMillis) {
            Map<String, Map<String, String>> all = new TreeMap<>();
            all.put("", new TreeMap<>());
            buckets.forEach((name, entries) -> {
                Map<String, String> values = new TreeMap<>();
                entries.forEach((key, entry) -> {
                    if (entry.expiryMillis > nowMillis) {
                        values.put(key, entry.value);
                    }
                });
                all.put(name, values);
            });
            return all;
        }
    }

    private final List<State> states = new ArrayList<>();
    private int acknowledged;
    private int synced;

    History(State first) {
        states.add(first);
    }

    static Map<String, Map<String, String>> stored(KVStore store) {
        Map<String, Map<String, String>> all = new TreeMap<>();
        all.put("", Stores.scan(store));
        for (String name : store.bucketNames()) {
            all.put(name, Stores.scan(store.bucket(name)));
        }
        return all;
    }

    synchronized State last() {
        return states.get(states.size() - 1);
    }

    /** A write begins: the store may be found in the state after it, or in the one before. */
    synchronized void attempt(State next) {
        states.add(next);
    }

    /** The write was acknowledged. */
    synchronized void acknowledge() {
        acknowledged = states.size() - 1;
    }

    /** The write, if any was attempted, was refused, and has left nothing. */
    synchronized void withdraw() {
        states.subList(acknowledged + 1, states.size()).clear();
    }

    synchronized int acknowledgedIndex() {
        return acknowledged;
    }

    /** All that was acknowledged is on stable storage, as the store has said. */
    synchronized void synced() {
        synced = acknowledged;
    }

    synchronized int syncedIndex() {
        return synced;
    }

    /** The states in which the store may be found, from the one with an index on. */
    synchronized List<State> since(int index) {
        return List.copyOf(states.subList(index, states.size()));
    }
}
