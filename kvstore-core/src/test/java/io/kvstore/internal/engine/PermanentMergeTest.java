package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers, scans and writers over a store that is merged all the time. */
@Tag("concurrency")
class PermanentMergeTest {
    private static final int KEYS = 2_000;
    private static final int LEAST_MERGES = 25;

    @TempDir
    Path temp;

    @Test
    void versionsOnlyRiseAndKeysAreNeverAbsent() {
        KVOptions options = KVOptions.builder()
                .segmentSize(4096)
                .durability(Durability.BUFFERED)
                .mergeGarbageRatio(0.2)
                .build();
        AtomicLongArray written = new AtomicLongArray(KEYS);
        AtomicBoolean done = new AtomicBoolean();
        try (KVStore store = FileStore.open(
                FaultyDirectory.unsynced(temp), options, System::currentTimeMillis, MergePoint.Hook.NONE)) {
            for (int i = 0; i < KEYS; i++) {
                store.put(Bytes.of(i), Bytes.of(0));
            }
            try (Crew crew = new Crew()) {
                crew.start("write-0", () -> write(store, written, 0, done, crew));
                crew.start("write-1", () -> write(store, written, 1, done, crew));
                crew.start("read", () -> read(store, written, done, crew));
                crew.start("scan", () -> scan(store, written, done, crew));
                crew.start("churn", () -> {
                    for (int i = 0; !done.get() && !crew.hasFailed(); i++) {
                        store.bucket("churn").put(Bytes.of(i), Bytes.of("x".repeat(50)));
                        assertThat(store.bucket("churn").delete(Bytes.of(i))).isTrue();
                        assertThat(store.bucket("churn").get(Bytes.of(i))).isNull();
                    }
                });
                Crew.awaitUntil(
                        "enough merges were done", () -> store.stats().merges() >= LEAST_MERGES || crew.hasFailed());
                done.set(true);
            }
            assertThat(store.stats().mergeFailures()).isZero();
        }
        try (KVStore store = KVStore.open(temp, options)) {
            assertThat(store.size()).isEqualTo(KEYS);
            for (int i = 0; i < KEYS; i++) {
                assertThat(version(store.get(Bytes.of(i)))).isEqualTo(written.get(i));
            }
        }
    }

    /** Each writer has half of the keys to itself. */
    private static void write(KVStore store, AtomicLongArray written, int half, AtomicBoolean done, Crew crew) {
        RandomGenerator random = ThreadLocalRandom.current();
        while (!done.get() && !crew.hasFailed()) {
            // Few keys often, many seldom: so what is merged has current records, of keys that may be written any time.
            double skewed = Math.pow(random.nextDouble(), 4);
            int key = 2 * (int) (skewed * KEYS / 2) + half;
            long version = written.get(key) + 1;
            store.put(Bytes.of(key), Bytes.of(version));
            written.set(key, version);
        }
    }

    private static void read(KVStore store, AtomicLongArray written, AtomicBoolean done, Crew crew) {
        long[] seen = new long[KEYS];
        RandomGenerator random = ThreadLocalRandom.current();
        while (!done.get() && !crew.hasFailed()) {
            int key = random.nextInt(KEYS);
            long least = Math.max(seen[key], written.get(key));
            byte[] value = store.get(Bytes.of(key));
            assertThat(value).as("key %d", key).isNotNull();
            seen[key] = version(value);
            assertThat(seen[key]).as("version of key %d", key).isGreaterThanOrEqualTo(least);
            assertThat(store.containsKey(Bytes.of(key))).isTrue();
        }
    }

    private static void scan(KVStore store, AtomicLongArray written, AtomicBoolean done, Crew crew) {
        while (!done.get() && !crew.hasFailed()) {
            BitSet seen = new BitSet();
            long[] least = new long[KEYS];
            for (int i = 0; i < KEYS; i++) {
                least[i] = written.get(i);
            }
            try (KVCursor cursor = store.scan()) {
                while (cursor.next()) {
                    int key = Integer.parseInt(Bytes.text(cursor.key()));
                    assertThat(seen.get(key)).as("key %d comes twice", key).isFalse();
                    seen.set(key);
                    assertThat(version(cursor.value())).isGreaterThanOrEqualTo(least[key]);
                }
            }
            assertThat(seen.cardinality()).isEqualTo(KEYS);
        }
    }

    private static long version(byte[] value) {
        return Long.parseLong(Bytes.text(value));
    }
}
