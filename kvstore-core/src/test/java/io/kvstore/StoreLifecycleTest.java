package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import io.kvstore.testing.StoreKind;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("contract")
class StoreLifecycleTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void closedStoreOpensWithEverythingInIt(Durability durability) {
        Path directory = temp.resolve("a/b/store");
        KVOptions options =
                KVOptions.builder().durability(durability).segmentSize(4096).build();
        try (KVStore store = KVStore.open(directory, options)) {
            for (int i = 0; i < 300; i++) {
                store.put(Bytes.of(i), Bytes.of("value " + i));
            }
            store.delete(Bytes.of(7));
        }
        try (KVStore store = KVStore.open(directory, options)) {
            assertThat(store.size()).isEqualTo(299);
            assertThat(store.get(Bytes.of(7))).isNull();
            assertThat(store.get(Bytes.of(299))).isEqualTo(Bytes.of("value 299"));
        }
    }

    @Test
    void segmentSizeMayChangeBetweenOpens() throws IOException {
        for (int round = 0; round < 4; round++) {
            long size = round % 2 == 0 ? 1 << 20 : 1024;
            try (KVStore store = KVStore.open(
                    temp, KVOptions.builder().segmentSize(size).autoMerge(false).build())) {
                for (int i = 0; i < 100; i++) {
                    store.put(Bytes.of(round * 100 + i), new byte[50]);
                }
            }
        }
        try (KVStore store =
                KVStore.open(temp, KVOptions.builder().autoMerge(false).build())) {
            assertThat(store.size()).isEqualTo(400);
        }
        assertThat(Stores.segments(temp)).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void recordLargerThanASegmentGetsItsOwn(StoreKind kind) {
        String options = "segmentSize=1k";
        byte[] large = new byte[300_000];
        large[299_999] = 1;
        KVStore filled = kind.open(temp, options);
        filled.put(Bytes.of("before"), Bytes.of("1"));
        filled.put(Bytes.of("large"), large);
        filled.put(Bytes.of("after"), Bytes.of("2"));
        assertThat(filled.get(Bytes.of("large"))).isEqualTo(large);
        try (KVStore store = kind.reopen(filled, temp, options)) {
            assertThat(store.get(Bytes.of("before"))).isEqualTo(Bytes.of("1"));
            assertThat(store.get(Bytes.of("large"))).isEqualTo(large);
            assertThat(store.get(Bytes.of("after"))).isEqualTo(Bytes.of("2"));
        }
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void everyVerbOfAClosedStoreSaysThatItIsClosed(StoreKind kind) {
        KVStore store = kind.open(temp, "");
        KVBucket bucket = store.bucket("b");
        store.put(Bytes.of("k"), Bytes.of("v"));
        KVCursor cursor = store.scan();
        store.close();
        store.close();
        byte[] some = Bytes.of("k");
        assertClosed(() -> store.get(some));
        assertClosed(() -> store.put(some, some));
        assertClosed(() -> store.delete(some));
        assertClosed(() -> store.delete(some, some));
        assertClosed(() -> store.putIfAbsent(some, some));
        assertClosed(() -> store.replace(some, some, some));
        assertClosed(() -> store.containsKey(some));
        assertClosed(store::size);
        assertClosed(store::scan);
        assertClosed(store::sync);
        assertClosed(store::stats);
        assertClosed(store::bucketNames);
        assertClosed(() -> store.dropBucket("b"));
        assertClosed(() -> store.bucket("b"));
        assertClosed(() -> bucket.get(some));
        assertClosed(() -> bucket.put(some, some));
        assertClosed(cursor::next);
        cursor.close();
    }

    private void assertClosed(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(KVClosedException.class)
                .hasMessageContaining(temp.toString())
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.CLOSED));
    }

    @Test
    void secondOpenInOneProcessNamesTheHolder() {
        try (KVStore store = KVStore.open(temp)) {
            assertLocked(ProcessHandle.current().pid());
            store.put(Bytes.of("k"), Bytes.of("v"));
        }
        KVStore.open(temp).close();
    }

    @Test
    void openInAnotherProcessNamesTheHolder() throws IOException {
        try (ChildJvm child = ChildJvm.start(HoldingChild.class, temp.toString())) {
            assertThat(child.readLine()).isEqualTo("open");
            assertLocked(child.pid());
            child.kill();
            child.waitFor();
        }
        try (KVStore store = KVStore.open(temp)) {
            assertThat(store.get(Bytes.of("k"))).isEqualTo(Bytes.of("v"));
        }
    }

    private void assertLocked(long pid) {
        assertThatThrownBy(() -> KVStore.open(temp))
                .isInstanceOf(KVLockedException.class)
                .hasMessageContaining(Long.toString(pid))
                .hasMessageContaining(temp.toString())
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.LOCKED));
    }

    /** Opens a store and holds it until it is killed. */
    static final class HoldingChild {
        public static void main(String[] args) throws IOException {
            try (KVStore store = KVStore.open(Path.of(args[0]))) {
                store.put(Bytes.of("k"), Bytes.of("v"));
                System.out.println("open");
                System.in.read();
            }
        }
    }

    @Test
    void directoryOfOtherThingsIsRefusedUntouched() throws IOException {
        Files.writeString(temp.resolve("letter.txt"), "dear");
        assertCode(() -> KVStore.open(temp), KVErrorCode.NOT_A_STORE, "letter.txt");
        assertThat(Stores.files(temp)).containsExactly(temp.resolve("letter.txt"));
    }

    @Test
    void fileIsRefusedUntouched() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "content");
        assertCode(() -> KVStore.open(file), KVErrorCode.NOT_A_STORE, file.toString());
        assertThat(file).hasContent("content");
    }

    @Test
    void segmentsWithoutTheirStoreFileAreDamage() throws IOException {
        KVStore.open(temp).close();
        Files.delete(temp.resolve("kvstore.store"));
        assertThatThrownBy(() -> KVStore.open(temp))
                .isInstanceOf(KVException.class)
                .hasMessageContaining("kvstore.");
    }

    @Test
    void absentStoreIsNotMadeWhereThatIsForbidden() {
        KVOptions options = KVOptions.builder().createIfMissing(false).build();
        Path absent = temp.resolve("absent");
        assertCode(
                () -> KVStore.open(absent, options),
                KVErrorCode.STORE_NOT_FOUND,
                absent + ": check the path, or set the option createIfMissing");
        assertThat(absent).doesNotExist();
        assertCode(() -> KVStore.open(temp, options), KVErrorCode.STORE_NOT_FOUND, temp.toString());
        assertThat(temp).isEmptyDirectory();
        KVStore.open(temp).close();
        KVStore.open(temp, options).close();
    }

    @Test
    void filesOfAnotherKindBesideAStoreAreLeftAlone() throws IOException {
        KVStore.open(temp).close();
        Files.writeString(temp.resolve("notes.txt"), "mine");
        Files.createDirectory(temp.resolve("folder"));
        try (KVStore store = KVStore.open(temp)) {
            store.put(Bytes.of("k"), Bytes.of("v"));
        }
        assertThat(temp.resolve("notes.txt")).hasContent("mine");
        assertThat(temp.resolve("folder")).isDirectory();
    }

    private static void assertCode(ThrowingCallable call, KVErrorCode code, String part) {
        assertThatThrownBy(call)
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(part));
    }

    @Test
    void optionsOutsideTheirRangeAreRefusedByNameAndRange() {
        KVOptions.Builder builder = KVOptions.builder();
        assertCode(() -> builder.segmentSize(1023), KVErrorCode.INVALID_OPTION, "segmentSize=1023");
        assertCode(() -> builder.segmentSize((512L << 20) + 1), KVErrorCode.INVALID_OPTION, "segmentSize");
        assertCode(() -> builder.maxValueSize(-1), KVErrorCode.INVALID_OPTION, "maxValueSize=-1");
        assertCode(() -> builder.maxValueSize((1L << 30) + 1), KVErrorCode.INVALID_OPTION, "maxValueSize");
        assertCode(() -> builder.syncInterval(Duration.ZERO), KVErrorCode.INVALID_OPTION, "syncInterval");
        assertCode(() -> builder.syncInterval(Duration.ofDays(2)), KVErrorCode.INVALID_OPTION, "1 day");
        assertThatThrownBy(() -> builder.durability(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.syncInterval(null)).isInstanceOf(NullPointerException.class);
        assertThat(builder.build().toString()).isEqualTo(KVOptions.defaults().toString());
    }

    @Test
    void interruptedThreadFinishesItsWorkAndStaysInterrupted() {
        KVOptions options = KVOptions.builder()
                .durability(Durability.SYNC)
                .segmentSize(2048)
                .build();
        Thread.currentThread().interrupt();
        try {
            try (KVStore store = KVStore.open(temp, options)) {
                for (int i = 0; i < 100; i++) {
                    store.put(Bytes.of(i), new byte[100]);
                    assertThat(store.get(Bytes.of(i))).hasSize(100);
                }
                store.sync();
                assertThat(Stores.scan(store)).hasSize(100);
                assertThat(store.dropBucket("none")).isFalse();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
            try (KVStore store = KVStore.open(temp, options)) {
                assertThat(store.size()).isEqualTo(100);
            }
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void closeWhileOthersWorkEndsThemWithClosedException(StoreKind kind) throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            KVStore store = kind.open(temp.resolve("store" + round), "segmentSize=16k");
            store.put(Bytes.of("k"), new byte[100]);
            AtomicReference<Throwable> unexpected = new AtomicReference<>();
            Thread[] threads = {
                until(unexpected, () -> store.put(Bytes.of("k"), new byte[100])),
                until(unexpected, () -> store.get(Bytes.of("k"))),
                until(unexpected, () -> Stores.scan(store)),
                until(unexpected, store::sync)
            };
            Thread.onSpinWait();
            store.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(unexpected.get()).isNull();
            if (kind == StoreKind.FILE) {
                try (KVStore again = kind.open(temp.resolve("store" + round), "")) {
                    assertThat(again.get(Bytes.of("k"))).hasSize(100);
                }
            }
        }
    }

    /** Repeats an action until the store is closed. */
    private static Thread until(AtomicReference<Throwable> unexpected, Runnable action) {
        Thread thread = new Thread(() -> {
            try {
                for (; ; ) {
                    action.run();
                }
            } catch (KVClosedException e) {
                // The only right end.
            } catch (Throwable e) {
                unexpected.set(e);
            }
        });
        thread.start();
        return thread;
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void statsCountWhatWasDone(StoreKind kind) {
        try (KVStore store = kind.open(temp, "segmentSize=8k&autoMerge=false")) {
            for (int i = 0; i < 200; i++) {
                store.put(Bytes.of(i), new byte[100]);
            }
            store.bucket("b").put(Bytes.of("k"), Bytes.of("v"));
            store.delete(Bytes.of(0));
            store.get(Bytes.of(1));
            store.get(Bytes.of(0));
            store.sync();
            KVStats stats = store.stats();
            assertThat(stats.keys()).isEqualTo(200);
            assertThat(stats.buckets()).isEqualTo(1);
            assertThat(stats.puts()).isEqualTo(201);
            assertThat(stats.deletes()).isEqualTo(1);
            assertThat(stats.hits()).isEqualTo(1);
            assertThat(stats.misses()).isEqualTo(1);
            assertThat(stats.segments()).isGreaterThan(2);
            assertThat(stats.rolls()).isEqualTo(stats.segments() - 1);
            assertThat(stats.syncs()).isPositive();
            assertThat(stats.liveBytes()).isBetween(20_000L, stats.logBytes());
            assertThat(stats.diskBytes()).isGreaterThanOrEqualTo(stats.logBytes());
            assertThat(stats.garbageRatio()).isBetween(0.0, 0.1);
            assertThat(stats.indexBytes()).isPositive();
            assertThat(stats.openTime()).isPositive();
        }
        if (kind == StoreKind.MEMORY) {
            return;
        }
        try (KVStore store = KVStore.open(temp)) {
            assertThat(store.stats().recoveredRecords()).isEqualTo(203);
            assertThat(store.stats().keys()).isEqualTo(200);
        }
    }
}
