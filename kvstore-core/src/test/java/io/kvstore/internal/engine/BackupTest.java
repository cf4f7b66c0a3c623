package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.Durability;
import io.kvstore.KVBackupOptions;
import io.kvstore.KVBackupProgress;
import io.kvstore.KVBatch;
import io.kvstore.KVClosedException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVLockedException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(4096)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path temp;

    private FileStore store;

    @BeforeEach
    void open() throws IOException {
        store = FileStore.open(temp.resolve("store"), OPTIONS);
        for (int i = 0; i < 300; i++) {
            store.put(Bytes.of(i % 200), Bytes.of("value " + i));
        }
        store.bucket("b").put(Bytes.of("k"), Bytes.of("v"));
        store.bucket("dropped").put(Bytes.of("k"), Bytes.of("v"));
        store.dropBucket("dropped");
        store.delete(Bytes.of(7));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Map<String, String> read(Path directory) {
        try (KVStore opened = KVStore.open(directory, OPTIONS)) {
            return Stores.scanAll(opened);
        }
    }

    @Test
    void backupIsTheStoreAsItWas() {
        Path backup = temp.resolve("a/b/backup");
        Map<String, String> before = Stores.scanAll(store);
        KVBackupProgress done = store.backup(backup);
        assertThat(done.done()).isEqualTo(done.segments());
        assertThat(done.linkedBytes() + done.copiedBytes()).isEqualTo(done.bytes());
        store.put(Bytes.of("later"), Bytes.of("1"));
        store.delete(Bytes.of(1));
        assertThat(read(backup)).isEqualTo(before);
    }

    @Test
    void backupOfABackupAndOfAReadOnlyStoreWork() {
        Map<String, String> before = Stores.scanAll(store);
        Path first = temp.resolve("first");
        Path second = temp.resolve("second");
        store.backup(first);
        try (KVStore opened =
                KVStore.open(first, KVOptions.builder().readOnly(true).build())) {
            opened.backup(second);
        }
        assertThat(read(second)).isEqualTo(before);
    }

    @Test
    void nothingTheStoreDoesLaterTouchesTheBackup() throws IOException {
        Path backup = temp.resolve("backup");
        Map<String, String> before = Stores.scanAll(store);
        store.backup(backup);
        for (int i = 0; i < 600; i++) {
            store.put(Bytes.of(i % 100), Bytes.of("newer " + i));
        }
        store.merge();
        store.close();
        assertThat(read(backup)).isEqualTo(before);
    }

    @Test
    void nothingTheBackupDoesLaterTouchesTheStore() throws IOException {
        Path backup = temp.resolve("backup");
        // Does not fit into the active segment, which is sealed before it is full.
        store.put(Bytes.of("large"), new byte[3_900]);
        store.put(Bytes.of("large"), new byte[3_900]);
        Map<String, String> before = Stores.scanAll(store);
        store.backup(backup);
        Map<Path, Long> lengths = lengthsOfLinked();
        assertThat(lengths).isNotEmpty();
        try (KVStore opened = KVStore.open(backup, OPTIONS)) {
            // Readers of the store may be close to the end of a file: it must not be cut under them.
            assertThat(lengthsOfLinked()).isEqualTo(lengths);
            for (int i = 0; i < 600; i++) {
                opened.put(Bytes.of(i % 100), Bytes.of("newer " + i));
            }
            opened.merge();
            assertThat(Stores.scanAll(store)).isEqualTo(before);
        }
        store.merge();
        assertThat(Stores.scanAll(store)).isEqualTo(before);
    }

    private Map<Path, Long> lengthsOfLinked() throws IOException {
        Map<Path, Long> lengths = new TreeMap<>();
        for (Path file : segments()) {
            if (Files.getAttribute(file, "unix:nlink") instanceof Integer links && links > 1) {
                lengths.put(file, Files.size(file));
            }
        }
        return lengths;
    }

    @Test
    void sealedSegmentsAreLinkedUnlessCopiesAreWanted() throws IOException {
        KVBackupProgress linked = store.backup(temp.resolve("linked"));
        assertThat(linked.linkedBytes()).isPositive();
        assertThat(linked.copiedBytes()).isLessThan(5_000);
        KVBackupProgress copied = store.backup(
                temp.resolve("copied"),
                KVBackupOptions.builder().hardLinks(false).build());
        assertThat(copied.linkedBytes()).isZero();
        for (Path file : Stores.segments(temp.resolve("copied"))) {
            assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(1);
        }
        assertThat(read(temp.resolve("copied"))).isEqualTo(read(temp.resolve("linked")));
    }

    @Test
    void secondBackupLinksWhatTheFirstHas() throws IOException {
        Path first = temp.resolve("first");
        Path second = temp.resolve("second");
        KVBackupOptions copies = KVBackupOptions.builder().hardLinks(false).build();
        store.backup(first, copies);
        for (int i = 0; i < 100; i++) {
            store.put(Bytes.of("more" + i), new byte[100]);
        }
        Map<String, String> before = Stores.scanAll(store);
        KVBackupProgress done = store.backup(
                second,
                KVBackupOptions.builder().hardLinks(false).previous(first).build());
        assertThat(done.linkedBytes()).isGreaterThan(5_000);
        assertThat(done.copiedBytes()).isGreaterThan(5_000);
        Stores.clear(first);
        assertThat(read(second)).isEqualTo(before);
    }

    /** Its merge empties a file that it removes: not one that is a file of the new backup by then. */
    @Test
    void olderBackupThatIsWrittenToIsRefused() throws IOException {
        Path older = temp.resolve("older");
        Path backup = temp.resolve("backup");
        store.backup(older);
        KVBackupOptions options = KVBackupOptions.builder().previous(older).build();
        try (KVStore standby = KVStore.open(older, OPTIONS)) {
            assertThatThrownBy(() -> store.backup(backup, options))
                    .isInstanceOf(KVLockedException.class)
                    .hasMessageContaining(older.toString());
            standby.put(Bytes.of("k"), Bytes.of("v"));
        }
        assertThat(Stores.files(backup)).isEmpty();
        try (KVStore reader =
                KVStore.open(older, KVOptions.builder().readOnly(true).build())) {
            store.backup(backup, options);
            assertThat(reader.size()).isPositive();
        }
        assertThat(read(backup)).isEqualTo(Stores.scanAll(store));
    }

    @Test
    void otherFilesOfTheSameNamesAreNotLinked() {
        Path foreign = temp.resolve("foreign");
        try (KVStore other = KVStore.open(foreign, OPTIONS)) {
            for (int i = 0; i < 300; i++) {
                other.put(Bytes.of(i % 200), Bytes.of("value " + i));
            }
        }
        KVBackupProgress done = store.backup(
                temp.resolve("backup"),
                KVBackupOptions.builder().hardLinks(false).previous(foreign).build());
        assertThat(done.linkedBytes()).isZero();
        assertThat(read(temp.resolve("backup"))).isEqualTo(Stores.scanAll(store));
    }

    @Test
    void directoryThatHoldsAnythingIsRefusedAndLeft() throws IOException {
        Path full = Files.createDirectory(temp.resolve("full"));
        Files.writeString(full.resolve("file"), "content");
        assertThatThrownBy(() -> store.backup(full))
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.NOT_EMPTY))
                .satisfies(e -> assertThat(e).hasMessageContaining("file"));
        assertThat(Stores.files(full)).hasSize(1);
        assertThatThrownBy(() -> store.backup(temp.resolve("store"))).isInstanceOf(KVException.class);
        assertThatThrownBy(() -> store.backup(full.resolve("file")))
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.NOT_A_STORE));
    }

    /** The second look at whether the store is open, under the lock of the directory, refuses as the first does. */
    @Test
    void backupThatIsRefusedUnderTheLockLeavesNothing() throws IOException {
        Path backup = Files.createDirectory(temp.resolve("backup"));
        store.close();
        assertThatThrownBy(() -> store.backup(new FaultyDirectory(backup), KVBackupOptions.defaults()))
                .isInstanceOf(KVClosedException.class);
        assertThat(Stores.files(backup)).isEmpty();
    }

    @Test
    void closeEndsABackupAndLeavesNothingOfIt() throws IOException {
        Path backup = temp.resolve("backup");
        assertThatThrownBy(() -> store.backup(
                        backup,
                        KVBackupOptions.builder()
                                .listener(progress -> store.close())
                                .build()))
                .isInstanceOf(KVClosedException.class);
        assertThat(Stores.files(backup)).isEmpty();
        assertThatThrownBy(() -> store.backup(backup)).isInstanceOf(KVClosedException.class);
    }

    @Test
    void closesByAListenerAndByAnotherThreadDoNotWaitForEachOther() {
        try (Crew crew = new Crew()) {
            Thread[] closer = new Thread[1];
            KVBackupOptions options = KVBackupOptions.builder()
                    .listener(progress -> {
                        if (closer[0] == null) {
                            closer[0] = crew.start("closer", store::close);
                            Crew.awaitParked(closer[0]);
                            store.close();
                        }
                    })
                    .build();
            crew.start(
                    "backup",
                    () -> assertThatThrownBy(() -> store.backup(temp.resolve("backup"), options))
                            .isInstanceOf(KVClosedException.class));
        }
    }

    @Test
    void listenerThatThrowsGivesTheBackupUp() throws IOException {
        Path backup = temp.resolve("backup");
        KVBackupOptions options = KVBackupOptions.builder()
                .listener(progress -> {
                    throw new IllegalArgumentException("enough");
                })
                .build();
        assertThatThrownBy(() -> store.backup(backup, options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("enough");
        assertThat(Stores.files(backup)).isEmpty();
        store.backup(backup);
        assertThat(read(backup)).isEqualTo(Stores.scanAll(store));
    }

    @Test
    void mergesGoOnMeanwhileAndGiveTheirSpaceBackAfterwards() throws IOException {
        Path backup = temp.resolve("backup");
        Map<String, String> before = Stores.scanAll(store);
        AtomicInteger during = new AtomicInteger();
        KVBackupOptions options = KVBackupOptions.builder()
                .hardLinks(false)
                .listener(progress -> {
                    if (progress.done() == 1) {
                        for (int i = 0; i < 600; i++) {
                            store.put(Bytes.of(i % 100), Bytes.of("newer " + i));
                        }
                        store.merge();
                        during.set(segments().size());
                    }
                })
                .build();
        store.backup(backup, options);
        assertThat(read(backup)).isEqualTo(before);
        assertThat(segments().size()).isLessThan(during.get());
    }

    private List<Path> segments() {
        try {
            return Stores.segments(temp.resolve("store"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Every operation of the backup fails in turn: what is left never opens, unless the backup was complete. */
    @Test
    void noStepThatFailsLeavesABackupThatOpensInPart() throws IOException {
        Map<String, String> before = Stores.scanAll(store);
        int failed = 0;
        for (int at = 0; ; at++) {
            Path backup = Files.createDirectory(temp.resolve("backup" + at));
            FaultyDirectory target = new FaultyDirectory(backup);
            AtomicInteger left = new AtomicInteger(at);
            List<Path> copies = new ArrayList<>();
            target.faults((operation, file) -> {
                if (left.getAndDecrement() == 0) {
                    // As if the process had been killed here.
                    Path copy = temp.resolve("killed" + copies.size() + "-" + backup.getFileName());
                    Stores.copy(backup, copy);
                    copies.add(copy);
                    throw new IOException("injected");
                }
            });
            try {
                store.backup(target, KVBackupOptions.defaults());
            } catch (KVException e) {
                failed++;
                assertThat(e).hasMessageContaining("injected");
            }
            copies.add(backup);
            for (Path copy : copies) {
                if (Files.exists(copy.resolve("kvstore.store"))) {
                    assertThat(read(copy)).isEqualTo(before);
                } else if (!Stores.files(copy).isEmpty() && Files.exists(copy.resolve("kvstore.manifest"))) {
                    assertThatThrownBy(() -> KVStore.open(copy, OPTIONS)).isInstanceOf(KVException.class);
                }
                Stores.clear(copy);
            }
            if (left.get() >= 0) {
                break;
            }
        }
        assertThat(failed).isGreaterThan(10);
    }

    /** Each batch writes one number under two keys: a backup has both or neither of it. */
    @Test
    void backupsUnderLoadAreOfOneMoment() throws IOException {
        try (KVStore busy = KVStore.open(
                temp.resolve("busy"),
                KVOptions.builder()
                        .segmentSize(4096)
                        .durability(Durability.BUFFERED)
                        .mergeGarbageRatio(0.2)
                        .build())) {
            AtomicBoolean done = new AtomicBoolean();
            try (Crew crew = new Crew()) {
                crew.start("writer", () -> {
                    for (int i = 0; !done.get(); i++) {
                        try (KVBatch batch = busy.batch()) {
                            batch.put(Bytes.of("a"), Bytes.of(i)).put(busy.bucket("b"), Bytes.of("b"), Bytes.of(i));
                            batch.commit();
                        }
                        busy.put(Bytes.of("x" + i % 50), new byte[50]);
                    }
                });
                try {
                    for (int i = 0; i < 20 && !crew.hasFailed(); i++) {
                        Path backup = temp.resolve("busy" + i);
                        busy.backup(backup);
                        try (KVStore opened = KVStore.open(backup, OPTIONS)) {
                            assertThat(opened.get(Bytes.of("a")))
                                    .isEqualTo(opened.bucket("b").get(Bytes.of("b")));
                        }
                    }
                } finally {
                    done.set(true);
                }
            }
        }
    }
}
