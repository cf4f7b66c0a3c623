package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.StoreKind;
import io.kvstore.testing.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("contract")
@ParameterizedClass
@EnumSource(StoreKind.class)
class BatchTest {
    private static final String OPTIONS = "segmentSize=4k&maxValueSize=1m";

    @Parameter
    StoreKind kind;

    @TempDir
    Path directory;

    private KVStore store;

    @BeforeEach
    void open() {
        store = kind.open(directory, OPTIONS);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        store = kind.reopen(store, directory, OPTIONS);
    }

    @Test
    void nothingIsThereBeforeTheCommitAndAllAfterIt() {
        KVBucket audit = store.bucket("audit");
        store.put(Bytes.of("old"), Bytes.of("1"));
        audit.put(Bytes.of("gone"), Bytes.of("1"));
        try (KVBatch batch = store.batch()) {
            batch.put(Bytes.of("new"), Bytes.of("2"))
                    .delete(Bytes.of("old"))
                    .put(audit, Bytes.of("line"), Bytes.of("3"))
                    .delete(audit, Bytes.of("gone"))
                    .put(store.bucket("made"), Bytes.of("k"), Bytes.of("4"));
            assertThat(batch.size()).isEqualTo(5);
            assertThat(Stores.scan(store)).isEqualTo(Map.of("old", "1"));
            assertThat(store.bucketNames()).containsExactly("audit");
            batch.commit();
        }
        for (int i = 0; i < 2; i++) {
            assertThat(Stores.scan(store)).isEqualTo(Map.of("new", "2"));
            assertThat(Stores.scan(store.bucket("audit"))).isEqualTo(Map.of("line", "3"));
            assertThat(Stores.scan(store.bucket("made"))).isEqualTo(Map.of("k", "4"));
            assertThat(store.size()).isEqualTo(1);
            assertThat(store.containsKey(Bytes.of("old"))).isFalse();
            assertThat(store.bucketNames()).containsExactly("audit", "made");
            reopen();
        }
    }

    @Test
    void lastWriteToAKeyCounts() {
        try (KVBatch batch = store.batch()) {
            batch.put(Bytes.of("a"), Bytes.of("1")).delete(Bytes.of("a")).put(Bytes.of("a"), Bytes.of("2"));
            batch.put(Bytes.of("b"), Bytes.of("1")).delete(Bytes.of("b"));
            assertThat(batch.size()).isEqualTo(2);
            batch.commit();
        }
        assertThat(Stores.scan(store)).isEqualTo(Map.of("a", "2"));
        assertThat(store.stats().puts()).isEqualTo(1);
        assertThat(store.stats().deletes()).isZero();
    }

    @Test
    void batchCanBeUsedAgainAfterACommitAndEmptied() {
        try (KVBatch batch = store.batch()) {
            batch.put(Bytes.of("a"), Bytes.of("1")).commit();
            assertThat(batch.size()).isZero();
            store.delete(Bytes.of("a"));
            batch.put(Bytes.of("b"), Bytes.of("2"));
            batch.clear();
            batch.put(Bytes.of("c"), Bytes.of("3")).commit();
            batch.commit();
        }
        assertThat(Stores.scan(store)).isEqualTo(Map.of("c", "3"));
    }

    @Test
    void closedBatchIsForgottenAndRefusesToBeUsed() {
        KVBatch batch = store.batch();
        batch.put(Bytes.of("a"), Bytes.of("1"));
        batch.close();
        batch.close();
        assertThat(batch.size()).isZero();
        assertThatThrownBy(batch::commit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> batch.put(Bytes.of("a"), Bytes.of("1"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> batch.delete(Bytes.of("a"))).isInstanceOf(IllegalStateException.class);
        assertThat(store.size()).isZero();
    }

    @Test
    void arraysMayBeChangedAfterTheCall() {
        byte[] key = Bytes.of("key");
        byte[] value = Bytes.of("value");
        try (KVBatch batch = store.batch()) {
            batch.put(key, value);
            key[0] = 'x';
            value[0] = 'x';
            batch.commit();
        }
        assertThat(Stores.scan(store)).isEqualTo(Map.of("key", "value"));
    }

    @Test
    void valuesOfABatchExpire() {
        try (KVBatch batch = store.batch()) {
            batch.put(Bytes.of("short"), Bytes.of("1"), Duration.ofNanos(1));
            batch.put(store.bucket("b"), Bytes.of("long"), Bytes.of("2"), Duration.ofDays(1));
            batch.commit();
        }
        Crew.awaitUntil("the value has expired", () -> store.get(Bytes.of("short")) == null);
        reopen();
        assertThat(store.get(Bytes.of("short"))).isNull();
        assertThat(store.bucket("b").get(Bytes.of("long"))).isEqualTo(Bytes.of("2"));
    }

    @Test
    void badArgumentsLeaveTheBatchAsItWas() {
        try (KVBatch batch = store.batch();
                KVStore other = KVStore.open(directory.resolve("other"))) {
            batch.put(Bytes.of("a"), Bytes.of("1"));
            assertCode(() -> batch.put(new byte[65_536], new byte[0]), KVErrorCode.KEY_TOO_LARGE);
            assertCode(() -> batch.put(new byte[0], new byte[(1 << 20) + 1]), KVErrorCode.VALUE_TOO_LARGE);
            assertCode(() -> batch.put(new byte[0], new byte[0], Duration.ZERO), KVErrorCode.INVALID_TIME_TO_LIVE);
            assertCode(() -> batch.delete(new byte[65_536]), KVErrorCode.KEY_TOO_LARGE);
            assertThatThrownBy(() -> batch.put(other, Bytes.of("k"), Bytes.of("v")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.delete(other.bucket("b"), Bytes.of("k")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.put(null, Bytes.of("v"))).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> batch.put(Bytes.of("k"), null)).isInstanceOf(NullPointerException.class);
            assertThat(batch.size()).isEqualTo(1);
            batch.commit();
        }
        assertThat(Stores.scan(store)).isEqualTo(Map.of("a", "1"));
    }

    private static void assertCode(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, KVErrorCode code) {
        assertThatThrownBy(call)
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(code);
    }

    @Test
    void batchLargerThanASegmentIsWritten() {
        Map<String, String> expected = new TreeMap<>();
        try (KVBatch batch = store.batch()) {
            for (int i = 0; i < 500; i++) {
                batch.put(Bytes.of(i), Bytes.of("x".repeat(100) + i));
                expected.put(Integer.toString(i), "x".repeat(100) + i);
            }
            batch.commit();
        }
        store.put(Bytes.of("after"), Bytes.of("1"));
        expected.put("after", "1");
        assertThat(Stores.scan(store)).isEqualTo(expected);
        store.merge();
        reopen();
        assertThat(Stores.scan(store)).isEqualTo(expected);
    }

    @Test
    void batchOfMoreThanALocationCanReachIsRefused() {
        try (KVBatch batch = store.batch()) {
            byte[] value = new byte[1 << 20];
            for (int i = 0; i < 512; i++) {
                batch.put(Bytes.of(i), value);
            }
            assertThatThrownBy(batch::commit)
                    .asInstanceOf(type(KVException.class))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.BATCH_TOO_LARGE))
                    .satisfies(e -> assertThat(e).hasMessageContaining("512 writes"));
            assertThat(batch.size()).isEqualTo(512);
        }
        assertThat(store.size()).isZero();
        store.put(Bytes.of("k"), Bytes.of("v"));
    }

    @Test
    void operationsAfterCloseOfTheStoreSaySo() {
        KVBatch batch = store.batch();
        batch.put(Bytes.of("a"), Bytes.of("1"));
        store.close();
        assertThatThrownBy(batch::commit).isInstanceOf(KVClosedException.class);
        assertThatThrownBy(store::batch).isInstanceOf(KVClosedException.class);
        batch.close();
    }

    @Test
    void droppedBucketIsMadeAnewByABatch() {
        KVBucket bucket = store.bucket("b");
        bucket.put(Bytes.of("old"), Bytes.of("1"));
        try (KVBatch batch = store.batch()) {
            batch.put(bucket, Bytes.of("new"), Bytes.of("2")).delete(bucket, Bytes.of("old"));
            store.dropBucket("b");
            batch.commit();
        }
        assertThat(Stores.scan(bucket)).isEqualTo(Map.of("new", "2"));
        reopen();
        assertThat(Stores.scan(store.bucket("b"))).isEqualTo(Map.of("new", "2"));
    }

    /** Both keys always have one number, or neither is there; readers, scans and counts see nothing else. */
    @Test
    void nobodySeesAPartOfABatch() {
        KVBucket other = store.bucket("other");
        int rounds = 4_000;
        AtomicBoolean done = new AtomicBoolean();
        try (Crew crew = new Crew()) {
            crew.start("writer", () -> {
                try (KVBatch batch = store.batch()) {
                    for (int i = 1; i <= rounds; i++) {
                        if (i % 3 == 0) {
                            batch.delete(Bytes.of("a"))
                                    .delete(other, Bytes.of("b"))
                                    .delete(Bytes.of("c"));
                        } else {
                            batch.put(Bytes.of("a"), Bytes.of(i));
                            batch.put(other, Bytes.of("b"), Bytes.of(i));
                            batch.put(Bytes.of("c"), Bytes.of(i));
                        }
                        batch.commit();
                    }
                } finally {
                    done.set(true);
                }
            });
            crew.start("forwards", () -> {
                while (!done.get()) {
                    assertOrder(store, "a", other, "b");
                }
            });
            crew.start("backwards", () -> {
                while (!done.get()) {
                    assertOrder(other, "b", store, "a");
                    long size = store.size();
                    assertThat(size).isIn(0L, 2L);
                }
            });
            crew.start("scanner", () -> {
                while (!done.get()) {
                    Map<String, String> seen = Stores.scan(store);
                    assertThat(seen.size()).isBetween(0, 2);
                    if (other.containsKey(Bytes.of("b"))) {
                        other.get(Bytes.of("b"));
                    }
                }
            });
        }
    }

    /** What is read second is no older than what was read first. */
    private static void assertOrder(KVBucket first, String firstKey, KVBucket second, String secondKey) {
        byte[] before = first.get(Bytes.of(firstKey));
        byte[] after = second.get(Bytes.of(secondKey));
        if (before != null && after != null) {
            assertThat(Long.parseLong(Bytes.text(after))).isGreaterThanOrEqualTo(Long.parseLong(Bytes.text(before)));
        }
    }
}
