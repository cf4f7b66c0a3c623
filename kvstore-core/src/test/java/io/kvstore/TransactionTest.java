package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.engine.FileStore;
import io.kvstore.internal.engine.OnlyHandle;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.MemoryDirectory;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.StoreKind;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("contract")
@ParameterizedClass
@EnumSource(StoreKind.class)
class TransactionTest {
    private static final byte[] A = Bytes.of("a");
    private static final byte[] B = Bytes.of("b");
    private static final byte[] ONE = Bytes.of("1");
    private static final byte[] TWO = Bytes.of("2");

    @Parameter
    StoreKind kind;

    @TempDir
    Path directory;

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private KVStore store;

    @BeforeEach
    void open() {
        KVOptions options =
                KVOptions.builder().segmentSize(4096).autoMerge(false).build();
        store = kind == StoreKind.FILE
                ? FileStore.open(new DiskDirectory(directory), options, clock::get, MergePoint.Hook.NONE)
                : OnlyHandle.on(
                        FileStore.open(new MemoryDirectory(directory), options, clock::get, MergePoint.Hook.NONE));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void writesAreSeenInsideAtOnceAndOutsideAfterTheCommit() {
        store.put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            tx.put(A, TWO);
            tx.bucket("made").put(B, ONE);
            assertThat(tx.delete(Bytes.of("none"))).isFalse();
            assertThat(tx.get(A)).isEqualTo(TWO);
            assertThat(tx.bucket("made").size()).isEqualTo(1);
            assertThat(Stores.scan(tx.bucket("made"))).isEqualTo(Map.of("b", "1"));
            assertThat(store.get(A)).isEqualTo(ONE);
            assertThat(store.bucketNames()).isEmpty();
            tx.commit();
        }
        assertThat(store.get(A)).isEqualTo(TWO);
        assertThat(store.bucket("made").get(B)).isEqualTo(ONE);
    }

    @Test
    void closeWithoutCommitRollsBack() {
        try (KVTransaction tx = store.begin()) {
            tx.put(A, ONE);
            tx.bucket("b").put(B, ONE);
        }
        assertThat(store.size()).isZero();
        assertThat(store.bucketNames()).isEmpty();
    }

    @Test
    void everyVerbWorksOnOwnWrites() {
        store.put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.putIfAbsent(A, TWO)).isFalse();
            assertThat(tx.replace(A, TWO, TWO)).isFalse();
            assertThat(tx.replace(A, ONE, TWO)).isTrue();
            assertThat(tx.delete(A, ONE)).isFalse();
            assertThat(tx.containsKey(A)).isTrue();
            assertThat(tx.delete(A, TWO)).isTrue();
            assertThat(tx.containsKey(A)).isFalse();
            assertThat(tx.size()).isZero();
            assertThat(tx.delete(A)).isFalse();
            assertThat(tx.putIfAbsent(A, ONE)).isTrue();
            assertThat(tx.delete(A)).isTrue();
            assertThat(tx.putIfAbsent(B, TWO)).isTrue();
            assertThat(tx.size()).isEqualTo(1);
            assertThat(tx.name()).isEmpty();
            tx.commit();
        }
        assertThat(Stores.scan(store)).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void staleReadIsAConflictAtTheCommit() {
        store.put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            byte[] value = tx.get(A);
            store.put(A, TWO);
            tx.put(B, value);
            assertThatThrownBy(tx::commit)
                    .isInstanceOf(KVConflictException.class)
                    .hasMessageContaining("try the transaction again");
            assertThatThrownBy(() -> tx.get(A)).isInstanceOf(KVConflictException.class);
            assertThatThrownBy(tx::commit).isInstanceOf(KVConflictException.class);
        }
        assertThat(store.get(B)).isNull();
    }

    @Test
    void staleAbsenceIsAConflictAtTheCommit() {
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.get(A)).isNull();
            store.put(A, ONE);
            tx.put(B, ONE);
            assertThatThrownBy(tx::commit).isInstanceOf(KVConflictException.class);
        }
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.bucket("none").containsKey(A)).isFalse();
            store.bucket("none").put(B, ONE);
            tx.put(B, ONE);
            assertThatThrownBy(tx::commit).isInstanceOf(KVConflictException.class);
        }
    }

    @Test
    void readsAreOfOneMomentOrConflictAtOnce() {
        store.put(A, ONE);
        store.put(B, ONE);
        try (KVTransaction tx = store.begin()) {
            tx.get(A);
            try (KVBatch batch = store.batch()) {
                batch.put(A, TWO).put(B, TWO).commit();
            }
            assertThatThrownBy(() -> tx.get(B)).isInstanceOf(KVConflictException.class);
        }
    }

    @Test
    void readOfWhatWasWrittenSinceTheBeginningIsNoConflictByItself() {
        store.put(A, ONE);
        store.put(B, ONE);
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.get(A)).isEqualTo(ONE);
            store.put(B, TWO);
            assertThat(tx.get(B)).isEqualTo(TWO);
            tx.put(Bytes.of("sum"), TWO);
            tx.commit();
        }
        assertThat(store.get(Bytes.of("sum"))).isEqualTo(TWO);
    }

    @Test
    void writeWithoutAReadConflictsWithNobody() {
        store.put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            tx.put(A, TWO);
            store.put(A, Bytes.of("3"));
            tx.commit();
        }
        assertThat(store.get(A)).isEqualTo(TWO);
    }

    @Test
    void phantomsAreConflicts() {
        KVBucket bucket = store.bucket("b");
        bucket.put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            assertThat(Stores.scan(tx.bucket("b"))).hasSize(1);
            bucket.put(B, ONE);
            tx.put(A, ONE);
            assertThatThrownBy(tx::commit).isInstanceOf(KVConflictException.class);
        }
        try (KVTransaction tx = store.begin();
                KVCursor cursor = tx.bucket("b").scan()) {
            assertThat(cursor.next()).isTrue();
            bucket.delete(B);
            assertThatThrownBy(cursor::next).isInstanceOf(KVConflictException.class);
            assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(cursor::value).isInstanceOf(IllegalStateException.class);
        }
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.bucket("b").size()).isEqualTo(1);
            store.dropBucket("b");
            tx.put(A, ONE);
            assertThatThrownBy(tx::commit).isInstanceOf(KVConflictException.class);
        }
    }

    @Test
    void writesToOtherBucketsDoNotDisturbAScan() {
        store.bucket("b").put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            assertThat(Stores.scan(tx.bucket("b"))).hasSize(1);
            store.put(A, ONE);
            tx.bucket("b").put(B, ONE);
            tx.commit();
        }
        assertThat(store.bucket("b").size()).isEqualTo(2);
    }

    @Test
    void scanShowsOwnWritesAsTheyWereWhenItBegan() {
        for (int i = 0; i < 10; i++) {
            store.put(Bytes.of(i), ONE);
        }
        try (KVTransaction tx = store.begin()) {
            tx.put(Bytes.of(3), TWO);
            tx.delete(Bytes.of(4));
            tx.put(Bytes.of(20), TWO);
            try (KVCursor cursor = tx.scan()) {
                tx.put(Bytes.of(30), TWO);
                tx.delete(Bytes.of(20));
                int entries = 0;
                int own = 0;
                while (cursor.next()) {
                    entries++;
                    own += Bytes.text(cursor.value()).equals("2") ? 1 : 0;
                    assertThat(Bytes.text(cursor.key())).isNotEqualTo("4").isNotEqualTo("30");
                }
                assertThat(entries).isEqualTo(10);
                assertThat(own).isEqualTo(2);
            }
            assertThat(Stores.scan(tx)).hasSize(10).containsKey("30").doesNotContainKey("20");
            assertThat(tx.size()).isEqualTo(10);
        }
    }

    @Test
    void entryThatAConflictRefusesIsNotShown() {
        store.put(A, ONE);
        try (KVTransaction tx = store.begin();
                KVCursor cursor = tx.scan()) {
            store.put(A, TWO);
            assertThatThrownBy(cursor::next).isInstanceOf(KVConflictException.class);
            assertThatThrownBy(cursor::value).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void scanShowsNoOwnPutThatHasExpired() {
        try (KVTransaction tx = store.begin()) {
            tx.put(A, ONE, Duration.ofSeconds(1));
            tx.put(B, ONE);
            try (KVCursor cursor = tx.scan()) {
                clock.addAndGet(2_000);
                assertThat(tx.get(A)).isNull();
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo(B);
                assertThat(cursor.next()).isFalse();
            }
        }
    }

    @Test
    void mergeInBetweenIsNoConflict() {
        for (int i = 0; i < 300; i++) {
            store.put(Bytes.of(i % 50), new byte[100]);
        }
        try (KVTransaction tx = store.begin()) {
            for (int i = 0; i < 50; i++) {
                assertThat(tx.get(Bytes.of(i))).hasSize(100);
            }
            assertThat(tx.get(A)).isNull();
            store.merge();
            for (int i = 0; i < 50; i++) {
                assertThat(tx.get(Bytes.of(i))).hasSize(100);
            }
            assertThat(Stores.scan(tx)).hasSize(50);
            tx.put(A, ONE);
            tx.commit();
        }
        assertThat(store.get(A)).isEqualTo(ONE);
    }

    @Test
    void valueThatExpiresBeforeTheCommitIsAConflict() {
        store.put(A, ONE, Duration.ofSeconds(1));
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.get(A)).isEqualTo(ONE);
            clock.addAndGet(2_000);
            tx.put(B, ONE);
            assertThatThrownBy(tx::commit)
                    .isInstanceOf(KVConflictException.class)
                    .hasMessageContaining("expired");
        }
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.get(A)).isNull();
            tx.put(B, ONE, Duration.ofSeconds(1));
            assertThat(tx.get(B)).isEqualTo(ONE);
            clock.addAndGet(2_000);
            assertThat(tx.get(B)).isNull();
            tx.commit();
        }
        assertThat(store.get(B)).isNull();
    }

    @Test
    void expiryIsOfTheSameMomentAsEverythingElse() {
        store.put(B, ONE, Duration.ofSeconds(1));
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.get(A)).isNull();
            store.put(A, ONE);
            clock.addAndGet(2_000);
            // Had it been absent from the beginning, A would have to be there as well.
            assertThatThrownBy(() -> tx.get(B)).isInstanceOf(KVConflictException.class);
        }
        store.delete(A);
        store.put(B, ONE, Duration.ofSeconds(1));
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.get(A)).isNull();
            store.put(A, ONE);
            clock.addAndGet(2_000);
            store.merge();
            assertThatThrownBy(() -> tx.get(B)).isInstanceOf(KVConflictException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scanShowsWhatHasExpiredSinceNeitherThereNorJustGone(boolean removed) {
        store.put(B, ONE, Duration.ofSeconds(1));
        try (KVTransaction tx = store.begin()) {
            KVBucket other = tx.bucket("other");
            assertThat(other.get(A)).isNull();
            store.bucket("other").put(A, ONE);
            clock.addAndGet(2_000);
            if (removed) {
                store.merge();
            }
            // Had B been absent from the beginning, A would have to be there as well.
            assertThatThrownBy(() -> Stores.scan(tx)).isInstanceOf(KVConflictException.class);
        }
    }

    @Test
    void endedTransactionSaysSo() {
        KVTransaction tx = store.begin();
        KVBucket bucket = tx.bucket("b");
        tx.put(A, ONE);
        tx.commit();
        assertThatThrownBy(tx::commit).isInstanceOf(IllegalStateException.class).hasMessageContaining("ended");
        assertThatThrownBy(() -> tx.put(A, ONE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bucket.get(A)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tx.bucket("c")).isInstanceOf(IllegalStateException.class);
        tx.close();
        tx.close();
    }

    @Test
    void closedStoreEndsItsTransactions() {
        KVTransaction tx = store.begin();
        tx.put(A, ONE);
        store.close();
        assertThatThrownBy(() -> tx.get(A)).isInstanceOf(KVClosedException.class);
        assertThatThrownBy(tx::commit).isInstanceOf(KVClosedException.class);
        tx.close();
        assertThatThrownBy(store::begin).isInstanceOf(KVClosedException.class);
    }

    @Test
    void transactTriesAgainAndReturnsTheResultOfTheTryThatCommitted() {
        store.put(A, ONE);
        AtomicInteger tries = new AtomicInteger();
        int result = store.transact(tx -> {
            tx.get(A);
            if (tries.getAndIncrement() < 3) {
                store.put(A, Bytes.of(tries.get()));
            }
            tx.put(B, TWO);
            return tries.get();
        });
        assertThat(result).isEqualTo(4);
        assertThat(store.get(B)).isEqualTo(TWO);
    }

    @Test
    void transactGivesUpInTheEnd() {
        AtomicInteger tries = new AtomicInteger();
        assertThatThrownBy(() -> store.transact(tx -> {
                    tx.get(A);
                    store.put(A, Bytes.of(tries.incrementAndGet()));
                    tx.put(B, ONE);
                    return null;
                }))
                .isInstanceOf(KVConflictException.class);
        assertThat(tries.get()).isEqualTo(100);
        assertThat(store.get(B)).isNull();
    }

    @Test
    void workThatThrowsIsRolledBack() {
        assertThatThrownBy(() -> store.transact(tx -> {
                    tx.put(A, ONE);
                    throw new IOException("no");
                }))
                .isInstanceOf(IOException.class);
        assertThat(store.get(A)).isNull();
    }

    @Test
    void bucketThatWasDroppedSinceIsNotJustEmpty() {
        KVBucket bucket = store.bucket("b");
        for (boolean again : new boolean[] {false, true}) {
            store.put(A, ONE);
            bucket.put(A, ONE);
            try (KVTransaction tx = store.begin()) {
                assertThat(tx.get(A)).isEqualTo(ONE);
                store.put(A, TWO);
                store.dropBucket("b");
                if (again) {
                    bucket.put(B, ONE);
                }
                assertThatThrownBy(() -> tx.bucket("b").get(A)).isInstanceOf(KVConflictException.class);
            }
            try (KVTransaction tx = store.begin()) {
                assertThat(tx.get(A)).isEqualTo(TWO);
                store.put(A, ONE);
                bucket.put(A, ONE);
                store.dropBucket("b");
                assertThatThrownBy(() -> Stores.scan(tx.bucket("b"))).isInstanceOf(KVConflictException.class);
            }
        }
    }

    @Test
    void bucketDroppedAndMadeAgainIsAnotherOne() {
        store.bucket("b").put(A, ONE);
        try (KVTransaction tx = store.begin()) {
            assertThat(tx.bucket("b").get(A)).isEqualTo(ONE);
            store.dropBucket("b");
            store.bucket("b").put(A, ONE);
            assertThatThrownBy(() -> tx.bucket("b").get(A)).isInstanceOf(KVConflictException.class);
        }
    }
}
