package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hours of use in small segments: disk, segments, tombstones and index stay bounded. */
@Tag("model")
class SteadyStateTest {
    private static final int SEGMENT_SIZE = 128 << 10;

    /** What may be there beyond the bound: unsynced, being copied, and not yet slowed down for. */
    private static final long SLACK = 16L * SEGMENT_SIZE;

    private static final byte[] VALUE = new byte[100];

    @TempDir
    Path temp;

    private KVStore open(double ratio) {
        KVOptions options = KVOptions.builder()
                .segmentSize(SEGMENT_SIZE)
                .durability(Durability.BUFFERED)
                .mergeGarbageRatio(ratio)
                .build();
        return FileStore.open(FaultyDirectory.unsynced(temp), options, System::currentTimeMillis, MergePoint.Hook.NONE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.5, 0.8})
    void overwritingKeepsToTheGarbageRatioAndAFewSegments(double ratio) {
        Random random = new Random(Seeds.next(getClass()));
        int keys = 20_000;
        try (KVStore store = open(ratio)) {
            for (int i = 0; i < keys; i++) {
                store.put(Bytes.of(i), VALUE);
            }
            long live = store.stats().liveBytes();
            long bound = (long) (live / (1 - ratio)) + SLACK;
            for (int i = 0; i < 6 * keys; i++) {
                store.put(Bytes.of(random.nextInt(keys)), VALUE);
                if (i % 100 == 0) {
                    assertThat(store.stats().logBytes())
                            .as("after %d overwrites", i)
                            .isLessThan(bound);
                }
            }
            assertThat(store.size()).isEqualTo(keys);
            assertThat(store.stats().writeAmplification()).isLessThan(6);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3_000})
    void queueKeepsDiskAndTombstonesBounded(int coldKeys) {
        try (KVStore store = open(0.5)) {
            for (int i = 0; i < coldKeys; i++) {
                store.put(Bytes.of("cold-" + i), VALUE);
                if (i % 50 == 0) {
                    store.put(Bytes.of("cold-" + i / 2), VALUE);
                }
            }
            long cold = store.stats().liveBytes();
            long bound = 2 * cold + SLACK;
            int length = 20;
            for (int i = 0; i < 40_000; i++) {
                store.put(Bytes.of("queue-" + i), VALUE);
                if (i >= length) {
                    assertThat(store.delete(Bytes.of("queue-" + (i - length)))).isTrue();
                }
                if (i % 500 == 0) {
                    KVStats stats = store.stats();
                    assertThat(stats.logBytes()).as("after %d elements", i).isLessThan(bound);
                    assertThat(tombstones(stats)).isLessThan(bound / 2);
                    assertThat(stats.indexBytes()).isLessThan(200_000);
                }
            }
        }
    }

    @Test
    void keyThatIsPutAndDeletedAgainAndAgainAboveAColdCopyLeavesFewTombstones() {
        try (KVStore store = open(0.5)) {
            store.put(Bytes.of("key"), VALUE);
            for (int i = 0; i < 3_000; i++) {
                store.put(Bytes.of("cold-" + i), VALUE);
            }
            long bound = 2 * store.stats().liveBytes() + SLACK;
            for (int i = 0; i < 60_000; i++) {
                store.put(Bytes.of("key"), VALUE);
                assertThat(store.delete(Bytes.of("key"))).isTrue();
                if (i % 500 == 0) {
                    assertThat(store.stats().logBytes())
                            .as("after %d rounds", i)
                            .isLessThan(bound);
                }
            }
        }
    }

    private static long tombstones(KVStats stats) {
        return stats.segmentFigures().stream()
                .mapToLong(KVStats.Segment::tombstoneBytes)
                .sum();
    }

    @Test
    void storeWhoseEveryKeyWasDeletedMergesDownToNearlyNothing() throws IOException {
        try (KVStore store = open(0.5)) {
            for (int i = 0; i < 10_000; i++) {
                store.put(Bytes.of(i), VALUE);
            }
            for (int i = 0; i < 10_000; i++) {
                store.delete(Bytes.of(i));
            }
            store.merge();
            assertThat(store.size()).isZero();
            assertThat(store.stats().logBytes()).isZero();
        }
        long bytes = 0;
        for (Path file : Stores.files(temp)) {
            bytes += Files.size(file);
        }
        assertThat(bytes).isLessThan(1_000);
        try (KVStore store = open(0.5)) {
            assertThat(Stores.scan(store)).isEmpty();
        }
    }

    @Test
    void growingAndShrinkingComesBackToTheSmallSize() {
        try (KVStore store = open(0.5)) {
            for (int cycle = 0; cycle < 6; cycle++) {
                for (int i = 0; i < 8_000; i++) {
                    store.put(Bytes.of(i), VALUE);
                }
                for (int i = 100; i < 8_000; i++) {
                    store.delete(Bytes.of(i));
                }
                store.merge();
                assertThat(store.size()).isEqualTo(100);
                assertThat(store.stats().logBytes()).isLessThan(20_000);
                assertThat(store.stats().indexBytes()).isLessThan(20_000);
            }
        }
    }
}
