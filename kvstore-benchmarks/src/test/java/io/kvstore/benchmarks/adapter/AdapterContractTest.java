package io.kvstore.benchmarks.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvstore.benchmarks.data.Entries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every adapter is a map of bytes to all workloads; else they would measure something else than they say. */
class AdapterContractTest {
    private static final int KEYS = 1_000;
    private static final Shape SHAPE = new Shape(2 * KEYS, Entries.KEY_BYTES, Entries.VALUE_BYTES);

    /** Where every peer has a library, one that does not load is a fault of its adapter. */
    private static final boolean ALL_PEERS_RUN_HERE =
            System.getProperty("os.name").equals("Linux")
                    && System.getProperty("os.arch").equals("amd64")
                    && !Files.exists(Path.of("/etc/alpine-release"));

    @TempDir
    Path folder;

    private static Stream<Peer> with(Feature feature) {
        return Arrays.stream(Peer.values()).filter(peer -> peer.has(feature));
    }

    static Stream<Peer> readable() {
        return with(Feature.READ);
    }

    static Stream<Peer> maps() {
        return with(Feature.MAP);
    }

    static Stream<Peer> batching() {
        return with(Feature.BATCH);
    }

    static Stream<Peer> reopenable() {
        return with(Feature.REOPEN);
    }

    static Stream<Peer> durable() {
        return with(Feature.POWER);
    }

    private Adapter open(Peer peer, Guarantee guarantee) throws IOException {
        try {
            return peer.open(folder.resolve("store"), guarantee, SHAPE);
        } catch (LinkageError e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof UnsatisfiedLinkError && !ALL_PEERS_RUN_HERE) {
                return abort(peer.title() + " has no native library for this platform: " + cause.getMessage());
            }
            throw e;
        }
    }

    private static void put(Adapter store, long number, long version) {
        byte[] key = Entries.key(number);
        byte[] value = Entries.value(number);
        Entries.fillValue(value, number, version);
        store.put(key, value);
        // The caller's arrays are the caller's: what is done with them later must not reach the store.
        key[0]++;
        value[0]++;
    }

    private static void assertVersion(Adapter store, long number, long version) {
        assertThat(Entries.requireValue(store.get(Entries.key(number)), number, Entries.VALUE_BYTES))
                .as("version of key number %d", number)
                .isEqualTo(version);
    }

    private static void fill(Adapter store) {
        for (int i = 0; i < KEYS; i++) {
            put(store, i, 1);
        }
    }

    private static Map<Long, Long> scan(Adapter store) {
        Map<Long, Long> versions = new HashMap<>();
        store.scan((key, value) -> {
            long number = Entries.number(key);
            assertThat(key).isEqualTo(Entries.key(number));
            assertThat(versions.put(number, Entries.requireValue(value, number, Entries.VALUE_BYTES)))
                    .as("key number %d twice", number)
                    .isNull();
        });
        return versions;
    }

    @ParameterizedTest
    @MethodSource("readable")
    void whatWasPutIsReadAndScanned(Peer peer) throws IOException {
        try (Adapter store = open(peer, Guarantee.PROCESS)) {
            fill(store);
            for (int i = 0; i < KEYS; i++) {
                assertVersion(store, i, 1);
            }
            assertThat(scan(store)).hasSize(KEYS).containsOnlyKeys(sequence());
        }
    }

    private static Long[] sequence() {
        Long[] numbers = new Long[KEYS];
        for (int i = 0; i < KEYS; i++) {
            numbers[i] = (long) i;
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("maps")
    void overwrittenAndDeletedKeysAreSo(Peer peer) throws IOException {
        try (Adapter store = open(peer, Guarantee.PROCESS)) {
            fill(store);
            assertThat(store.get(Entries.key(Entries.ABSENT))).isNull();
            for (int i = 0; i < KEYS; i += 2) {
                put(store, i, 2);
            }
            for (int i = 1; i < KEYS; i += 4) {
                store.delete(Entries.key(i));
            }
            for (int i = 0; i < KEYS; i++) {
                if (i % 4 == 1) {
                    assertThat(store.get(Entries.key(i))).as("deleted").isNull();
                } else {
                    assertVersion(store, i, i % 2 == 0 ? 2 : 1);
                }
            }
            assertThat(scan(store)).hasSize(KEYS - KEYS / 4);
            for (int i = 0; i < KEYS; i++) {
                if (i % 4 != 1) {
                    store.delete(Entries.key(i));
                }
            }
            store.compact();
            assertThat(scan(store)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("batching")
    void batchesArriveWhole(Peer peer) throws IOException {
        try (Adapter store = open(peer, Guarantee.PROCESS)) {
            List<Adapter.Entry> batch = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                batch.add(new Adapter.Entry(Entries.key(i), Entries.value(i)));
            }
            store.putAll(batch);
            assertThat(scan(store)).hasSize(KEYS);
        }
    }

    @ParameterizedTest
    @MethodSource("reopenable")
    void closedStoreOpensWithAllItHad(Peer peer) throws IOException {
        try (Adapter store = open(peer, Guarantee.PROCESS)) {
            fill(store);
        }
        try (Adapter store = open(peer, Guarantee.PROCESS)) {
            put(store, 0, 2);
            assertVersion(store, 0, 2);
            assertVersion(store, KEYS - 1, 1);
            assertThat(scan(store)).hasSize(KEYS);
        }
    }

    @ParameterizedTest
    @MethodSource("durable")
    void durablePutsAreRead(Peer peer) throws IOException {
        try (Adapter store = open(peer, Guarantee.POWER)) {
            for (int i = 0; i < 5; i++) {
                put(store, i, 1);
            }
            for (int i = 0; i < 5 && peer.has(Feature.READ); i++) {
                assertVersion(store, i, 1);
            }
        }
    }
}
