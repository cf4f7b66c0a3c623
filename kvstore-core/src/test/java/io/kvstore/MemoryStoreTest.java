package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What a store in memory promises beside the contract of every store: that those of one name are one. */
@Tag("contract")
class MemoryStoreTest {
    private static final byte[] KEY = Bytes.of("key");
    private static final byte[] ONE = Bytes.of("1");
    private static final byte[] TWO = Bytes.of("2");

    private String url;

    @BeforeEach
    void name(TestInfo test) {
        url = "kvstore:mem:" + test.getDisplayName();
    }

    private static void assertCode(KVErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void storesOfOneNameAreOneAndOthersAreNot() {
        try (KVStore first = KVStore.open(url);
                KVStore second = KVStore.open(url);
                KVStore other = KVStore.open(url + " other")) {
            assertThat(second).isNotSameAs(first);
            first.put(KEY, ONE);
            first.bucket("b").put(KEY, TWO);
            assertThat(second.get(KEY)).isEqualTo(ONE);
            assertThat(second.bucketNames()).containsExactly("b");
            assertThat(second.bucket("b").replace(KEY, TWO, ONE)).isTrue();
            assertThat(first.bucket("b").get(KEY)).isEqualTo(ONE);
            assertThat(other.size()).isZero();
        }
    }

    @Test
    void storeLivesAsLongAsOneHasItOpen() {
        KVStore first = KVStore.open(url);
        first.put(KEY, ONE);
        KVStore second = KVStore.open(url);
        first.close();
        KVStore third = KVStore.open(url);
        second.close();
        assertThat(third.get(KEY)).isEqualTo(ONE);
        third.close();
        try (KVStore anew = KVStore.open(url)) {
            assertThat(anew.get(KEY)).isNull();
            assertThat(anew.stats().puts()).isZero();
        }
    }

    @Test
    void closeEndsWhatCameThroughThatHandleAndNothingElse() {
        try (KVStore other = KVStore.open(url)) {
            other.put(KEY, ONE);
            KVStore store = KVStore.open(url);
            KVBucket bucket = store.bucket("b");
            KVCursor cursor = store.scan();
            KVBatch batch = store.batch().put(KEY, TWO);
            KVTransaction tx = store.begin();
            KVBucket inside = tx.bucket("b");
            KVCursor otherCursor = other.scan();
            store.close();
            store.close();
            for (ThrowingCallable verb : List.<ThrowingCallable>of(
                    () -> store.get(KEY),
                    () -> store.put(KEY, ONE),
                    () -> store.put(KEY, ONE, Duration.ofDays(1)),
                    () -> store.delete(KEY),
                    () -> store.delete(KEY, ONE),
                    () -> store.putIfAbsent(KEY, ONE),
                    () -> store.replace(KEY, ONE, TWO),
                    () -> store.containsKey(KEY),
                    store::size,
                    store::scan,
                    store::sync,
                    store::merge,
                    store::stats,
                    store::batch,
                    store::begin,
                    store::verify,
                    () -> store.backup(Path.of("never")),
                    () -> store.transact(t -> t.get(KEY)),
                    store::bucketNames,
                    () -> store.bucket("b"),
                    () -> store.dropBucket("b"),
                    () -> bucket.get(KEY),
                    () -> bucket.put(KEY, ONE),
                    cursor::next,
                    batch::commit,
                    () -> tx.get(KEY),
                    () -> inside.put(KEY, ONE),
                    () -> tx.bucket("c"),
                    tx::commit)) {
                assertThatThrownBy(verb).isInstanceOf(KVClosedException.class).hasMessageContaining(url);
            }
            cursor.close();
            batch.close();
            tx.close();
            assertThat(Path.of("never")).doesNotExist();
            assertThat(otherCursor.next()).isTrue();
            assertThat(otherCursor.value()).isEqualTo(ONE);
            other.put(KEY, TWO);
            assertThat(other.get(KEY)).isEqualTo(TWO);
        }
    }

    @Test
    void readOnlyIsAMatterOfTheHandle() {
        try (KVStore writer = KVStore.open(url);
                KVStore reader = KVStore.open(url + "?readOnly=true")) {
            writer.put(KEY, ONE);
            writer.bucket("b").put(KEY, ONE);
            assertThat(reader.get(KEY)).isEqualTo(ONE);
            assertThat(Stores.scan(reader.bucket("b"))).isEqualTo(Map.of("key", "1"));
            for (ThrowingCallable write : List.<ThrowingCallable>of(
                    () -> reader.put(KEY, TWO),
                    () -> reader.put(KEY, TWO, Duration.ofDays(1)),
                    () -> reader.delete(KEY),
                    () -> reader.delete(Bytes.of("absent")),
                    () -> reader.delete(KEY, ONE),
                    () -> reader.putIfAbsent(KEY, TWO),
                    () -> reader.replace(KEY, ONE, TWO),
                    () -> reader.bucket("b").put(KEY, TWO),
                    () -> reader.dropBucket("b"),
                    reader::merge,
                    () -> reader.batch().put(KEY, TWO).commit(),
                    () -> reader.transact(tx -> {
                        tx.put(KEY, TWO);
                        return null;
                    }))) {
                assertCode(KVErrorCode.READ_ONLY, write);
            }
            reader.batch().commit();
            reader.sync();
            byte[] read = reader.transact(tx -> tx.get(KEY));
            assertThat(read).isEqualTo(ONE);
            assertThat(writer.get(KEY)).isEqualTo(ONE);
            writer.put(KEY, TWO);
            assertThat(reader.get(KEY)).isEqualTo(TWO);
        }
    }

    @Test
    void storeThatNobodyHasOpenIsNotMadeWhereThatIsForbidden() {
        assertCode(KVErrorCode.STORE_NOT_FOUND, () -> KVStore.open(url + "?readOnly=true"));
        assertCode(KVErrorCode.STORE_NOT_FOUND, () -> KVStore.open(url + "?createIfMissing=false"));
        try (KVStore store = KVStore.open(url);
                KVStore again = KVStore.open(url + "?createIfMissing=false")) {
            store.put(KEY, ONE);
            assertThat(again.get(KEY)).isEqualTo(ONE);
        }
    }

    @Test
    void optionsOfTheFirstCountForAll() {
        Properties wider = new Properties();
        wider.setProperty("maxValueSize", "20");
        try (KVStore first = KVStore.open(url + "?maxValueSize=10");
                KVStore second = KVStore.open(url, wider)) {
            second.put(KEY, new byte[10]);
            assertCode(KVErrorCode.VALUE_TOO_LARGE, () -> second.put(KEY, new byte[11]));
            assertCode(KVErrorCode.VALUE_TOO_LARGE, () -> first.put(KEY, new byte[11]));
            assertCode(KVErrorCode.INVALID_OPTION, () -> KVStore.open(url + "?maxValueSize=x"));
        }
    }

    @Test
    void oddNamesAreNames() {
        for (String name : new String[] {"/", "a/b", "..", " ", "\0", "ü", "a%20b", "kvstore:mem:a"}) {
            try (KVStore store = KVStore.open("kvstore:mem:" + name);
                    KVStore again = KVStore.open("kvstore:mem:" + name)) {
                store.put(KEY, ONE);
                assertThat(again.get(KEY)).isEqualTo(ONE);
                assertThat(store.toString()).contains("kvstore:mem:" + name);
            }
        }
    }

    @Test
    void batchTakesTheBucketsOfAnyHandleOnTheStore() {
        try (KVStore first = KVStore.open(url);
                KVStore second = KVStore.open(url);
                KVStore other = KVStore.open(url + " other");
                KVBatch batch = first.batch()) {
            batch.put(first, KEY, ONE).put(second.bucket("b"), KEY, TWO);
            assertThatThrownBy(() -> batch.put(other, KEY, ONE)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.put(other.bucket("b"), KEY, ONE))
                    .isInstanceOf(IllegalArgumentException.class);
            batch.commit();
            assertThat(second.get(KEY)).isEqualTo(ONE);
            assertThat(first.bucket("b").get(KEY)).isEqualTo(TWO);
        }
    }

    @Test
    void transactionsOfTwoHandlesMeet() {
        try (KVStore first = KVStore.open(url);
                KVStore second = KVStore.open(url);
                KVTransaction one = first.begin();
                KVTransaction two = second.begin()) {
            one.putIfAbsent(KEY, ONE);
            two.putIfAbsent(KEY, TWO);
            two.commit();
            assertThatThrownBy(one::commit)
                    .isInstanceOfSatisfying(
                            KVConflictException.class,
                            e -> assertThat(e.isRetryable()).isTrue());
            assertThat(first.get(KEY)).isEqualTo(TWO);
        }
    }

    @Test
    void mergeGivesMemoryBack() {
        try (KVStore store = KVStore.open(url + "?segmentSize=64k&autoMerge=false")) {
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 100; i++) {
                    store.put(Bytes.of(i), new byte[1000]);
                }
            }
            assertThat(store.stats().garbageRatio()).isGreaterThan(0.8);
            long before = store.stats().diskBytes();
            store.merge();
            assertThat(store.stats().diskBytes()).isLessThan(before / 3);
            assertThat(store.get(Bytes.of(99))).hasSize(1000);
            assertThat(store.size()).isEqualTo(100);
        }
    }

    @Test
    void largeValuesAndManySegmentsAreKept() {
        byte[] large = new byte[3_000_000];
        large[2_999_999] = 7;
        try (KVStore store = KVStore.open(url + "?segmentSize=1k&durability=sync")) {
            for (int i = 0; i < 500; i++) {
                store.put(Bytes.of(i), Bytes.of(-i));
            }
            store.put(KEY, large);
            assertThat(store.get(KEY)).isEqualTo(large);
            assertThat(store.get(Bytes.of(250))).isEqualTo(Bytes.of(-250));
            assertThat(store.size()).isEqualTo(501);
            assertThat(store.verify().ok()).isTrue();
        }
    }

    @Test
    void backupOfAStoreInMemoryOpensFromDisk(@TempDir Path temp) {
        Path backup = temp.resolve("backup");
        try (KVStore store = KVStore.open(url + "?segmentSize=4k")) {
            for (int i = 0; i < 500; i++) {
                store.put(Bytes.of(i), Bytes.of(-i));
            }
            store.bucket("b").put(KEY, ONE);
            store.backup(backup);
        }
        try (KVStore store = KVStore.open(backup)) {
            assertThat(store.size()).isEqualTo(500);
            assertThat(store.get(Bytes.of(499))).isEqualTo(Bytes.of(-499));
            assertThat(store.bucket("b").get(KEY)).isEqualTo(ONE);
        }
    }

    @Test
    void lastCloseEndsABackup(@TempDir Path temp) throws InterruptedException {
        KVStore store = KVStore.open(url + "?segmentSize=1k&autoMerge=false");
        for (int i = 0; i < 100; i++) {
            store.put(Bytes.of(i), new byte[100]);
        }
        CountDownLatch under = new CountDownLatch(1);
        try (Crew crew = new Crew()) {
            crew.start(
                    "backup",
                    () -> assertThatThrownBy(() -> store.backup(
                                    temp.resolve("backup"),
                                    KVBackupOptions.builder()
                                            .listener(progress -> {
                                                under.countDown();
                                                Thread.yield();
                                            })
                                            .build()))
                            .isInstanceOf(KVClosedException.class));
            assertThat(under.await(30, TimeUnit.SECONDS)).isTrue();
            store.close();
        }
        assertThat(temp.resolve("backup/kvstore.store")).doesNotExist();
    }

    /** Also from the thread of a listener, which is inside the store. */
    @Test
    void handleCanBeClosedFromInsideABackup(@TempDir Path temp) {
        KVStore store = KVStore.open(url + "?segmentSize=1k&autoMerge=false");
        for (int i = 0; i < 100; i++) {
            store.put(Bytes.of(i), new byte[100]);
        }
        KVBackupOptions closing =
                KVBackupOptions.builder().listener(progress -> store.close()).build();
        assertThatThrownBy(() -> store.backup(temp.resolve("backup"), closing)).isInstanceOf(KVClosedException.class);
        assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(KVClosedException.class);
    }

    @Test
    void interruptedThreadFinishesItsWorkAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        try {
            try (KVStore store = KVStore.open(url + "?durability=sync&segmentSize=2k")) {
                for (int i = 0; i < 100; i++) {
                    store.put(Bytes.of(i), new byte[100]);
                    assertThat(store.get(Bytes.of(i))).hasSize(100);
                }
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
