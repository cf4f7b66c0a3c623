package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A segment that a merge cannot read, for once or for ever. */
@Tag("crash")
class UnreadableVictimTest {
    private static final int KEYS = 4_000;

    private static final KVOptions OPTIONS =
            KVOptions.builder().segmentSize(16 << 10).autoMerge(false).build();

    @TempDir
    Path directory;

    private FileStore open(FaultyDirectory files, boolean auto) {
        KVOptions options = KVOptions.builder()
                .segmentSize(16 << 10)
                .durability(Durability.BUFFERED)
                .mergeGarbageRatio(0.3)
                .autoMerge(auto)
                .build();
        return FileStore.open(files, options, System::currentTimeMillis, MergePoint.Hook.NONE);
    }

    private static void fill(FileStore store) {
        for (int i = 0; i < KEYS; i++) {
            store.put(Bytes.of(i), Bytes.of("value"));
        }
        for (int i = 0; i < KEYS; i++) {
            if (i % 40 != 0) {
                store.delete(Bytes.of(i));
            }
        }
    }

    @Test
    void segmentThatCouldNotBeOpenedOnceIsMergedTheNextTime() {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        try (FileStore store = open(files, false)) {
            fill(store);
            store.merge();
            fill(store);
            AtomicBoolean failed = new AtomicBoolean();
            String merge = "kvstore-" + directory.getFileName() + "-merge";
            files.faults((operation, file) -> {
                if (operation == Operation.OPEN
                        && file.endsWith(".seg")
                        && Thread.currentThread().getName().equals(merge)
                        && failed.compareAndSet(false, true)) {
                    throw new IOException("Too many open files");
                }
            });
            assertThatThrownBy(store::merge)
                    .isInstanceOfSatisfying(
                            KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.IO_ERROR));
            store.merge();
            assertThat(store.stats().garbageRatio()).isZero();
        }
    }

    /** Tombstones that stay for the sake of a segment that cannot be merged are no reason to merge again. */
    @Test
    void mergesComeToAnEndThoughASegmentWithOlderRecordsCannotBeMerged() throws InterruptedException {
        try (FileStore store = open(FaultyDirectory.unsynced(directory), false)) {
            fill(store);
        }
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        try (FileStore store = open(files, true)) {
            files.faults((operation, file) -> {
                if (operation == Operation.READ && file.equals(FileNames.segment(1))) {
                    throw new IOException("bad sector");
                }
            });
            Crew.awaitUntil("the segment was found out", () -> store.stats().mergeFailures() > 0);
            long before;
            int looks = 0;
            do {
                assertThat(looks++).as("seconds that merges go on").isLessThan(10);
                before = store.stats().merges();
                Thread.sleep(1_000);
            } while (store.stats().merges() > before);
            assertThat(Stores.scan(store)).hasSize(KEYS / 40);
        }
    }

    /** A hint is a convenience: memory that it lacks is no reason to try again at once, or to let garbage grow. */
    @Test
    void heapThatIsTooSmallForAHintKeepsNoMergeFromRunning() {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        AtomicInteger tries = new AtomicInteger();
        files.faults((operation, file) -> {
            if (operation == Operation.OPEN && isMadeAHint()) {
                tries.incrementAndGet();
                throw new OutOfMemoryError("Java heap space");
            }
        });
        try (FileStore store = open(files, true)) {
            for (int i = 0; i < KEYS; i++) {
                store.put(Bytes.of("cold-" + i), Bytes.of("value"));
            }
            Crew.awaitUntil("a hint was tried", () -> tries.get() > 0);
            for (int round = 0; round < 3; round++) {
                fill(store);
            }
            Crew.awaitUntil("garbage was merged", () -> store.stats().merges() > 0);
            assertThat(store.stats().mergeFailures()).isZero();
            assertThat(tries).as("tries within a minute").hasValue(1);
        }
    }

    private static boolean isMadeAHint() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.anyMatch(frame -> frame.getClassName().equals("io.kvstore.internal.merge.HintMaker")));
    }

    /** Where the file on the disk has another intact record than the one that was written, and is still mapped. */
    @Test
    void segmentOfWhichTheFileLacksACurrentRecordIsNotMergedAway() throws IOException {
        Path own = directory.resolve("store");
        Path other = directory.resolve("other");
        try (FileStore store = FileStore.open(own, OPTIONS)) {
            store.put(Bytes.of("superseded"), Bytes.of("value"));
        }
        Stores.copy(own, other);
        try (FileStore store = FileStore.open(other, OPTIONS)) {
            store.put(Bytes.of("another"), Bytes.of("value"));
            store.merge();
        }
        try (FileStore store = FileStore.open(own, OPTIONS)) {
            store.put(Bytes.of("present"), Bytes.of("value"));
            store.merge();
            Files.move(
                    other.resolve(FileNames.segment(1)),
                    own.resolve(FileNames.segment(1)),
                    StandardCopyOption.REPLACE_EXISTING);
            store.delete(Bytes.of("superseded"));
            assertThatThrownBy(store::merge)
                    .isInstanceOf(KVCorruptionException.class)
                    .hasMessageContaining("the index names 1 records in it, of which only 0 are there");
            assertThat(store.get(Bytes.of("present"))).isEqualTo(Bytes.of("value"));
        }
    }
}
