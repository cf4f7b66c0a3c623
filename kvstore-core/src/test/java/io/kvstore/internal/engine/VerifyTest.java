package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVClosedException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.KVVerifyProgress;
import io.kvstore.KVVerifyReport;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(4096)
            .durability(Durability.BUFFERED)
            .autoMerge(false)
            .build();

    @TempDir
    Path directory;

    private KVStore store;

    @BeforeEach
    void open() {
        store = KVStore.open(directory, OPTIONS);
        for (int i = 0; i < 300; i++) {
            store.put(Bytes.of("key" + i % 200), Bytes.of("value " + i));
        }
        store.bucket("b").put(Bytes.of("k"), Bytes.of("v"));
        store.delete(Bytes.of("key7"));
        // A hint is made of what is on stable storage.
        store.sync();
        Crew.awaitUntil("all hints are made", () -> hints().size() >= segments().size() - 2);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Path> segments() {
        return files(".seg");
    }

    private List<Path> hints() {
        return files(".hint");
    }

    private List<Path> files(String suffix) {
        try {
            return Stores.files(directory).stream()
                    .filter(file -> file.toString().endsWith(suffix))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(offset);
            int present = open.read();
            open.seek(offset);
            open.write(present ^ 0x40);
        }
    }

    @Test
    void intactStoreIsOk() {
        List<KVVerifyProgress> told = new ArrayList<>();
        KVVerifyReport report = store.verify(told::add);
        assertThat(report.damage()).isEmpty();
        assertThat(report.ok()).isTrue();
        assertThat(report.records()).isEqualTo(303);
        assertThat(report.hints()).isPositive();
        assertThat(told).hasSize(report.segments());
        assertThat(told.get(told.size() - 1).verifiedBytes()).isEqualTo(report.bytes());
        assertThat(report.toString()).startsWith("ok");
    }

    @Test
    void reportCountsInWords() {
        assertThat(new KVVerifyReport(List.of(), 1, 1, 1, 1, Duration.ZERO))
                .hasToString("ok: 1 segment with 1 record, 1 hint file, 1 byte, in 0 ms");
        assertThat(new KVVerifyReport(List.of(), 2, 0, 3, 4, Duration.ZERO))
                .hasToString("ok: 2 segments with 0 records, 3 hint files, 4 bytes, in 0 ms");
    }

    @Test
    void everyDamagedRecordIsNamedWithItsKey() throws IOException {
        Path segment = segments().get(0);
        // Into the values of the first and the third record: 28 bytes of header, the key, the value, to a multiple of
        // 8.
        flip(segment, 64 + 34);
        flip(segment, 64 + 2 * 40 + 34);
        KVVerifyReport report = store.verify();
        assertThat(report.ok()).isFalse();
        assertThat(report.damage()).hasSize(2);
        assertThat(report.damage().get(0).file()).isEqualTo(segment);
        assertThat(report.damage().get(0).offset()).isEqualTo(64);
        assertThat(report.damage().get(0).key()).isEqualTo(Bytes.of("key0"));
        assertThat(report.damage().get(1).key()).isEqualTo(Bytes.of("key2"));
        assertThat(report.toString()).contains("2 damaged places", segment.toString(), "offset 64", "\"key2\"");
    }

    @Test
    void damagedHintIsNamed() throws IOException {
        Path hint = hints().get(0);
        flip(hint, Files.size(hint) - 4096 + 100);
        KVVerifyReport report = store.verify();
        assertThat(report.damage()).hasSize(1);
        assertThat(report.damage().get(0).file()).isEqualTo(hint);
    }

    @Test
    void headerAndSmallFilesAreChecked() throws IOException {
        flip(segments().get(0), 50);
        flip(directory.resolve("kvstore.manifest"), 30);
        flip(directory.resolve("kvstore.store"), 20);
        KVVerifyReport report = store.verify();
        assertThat(report.damage())
                .extracting(damage -> damage.file().getFileName().toString())
                .containsExactlyInAnyOrder("kvstore.manifest", "kvstore.store", "0000000001.seg");
    }

    @Test
    void readOnlyStoreCanBeChecked() throws IOException {
        store.close();
        try (KVStore opened =
                KVStore.open(directory, KVOptions.builder().readOnly(true).build())) {
            assertThat(opened.verify().ok()).isTrue();
            flip(segments().get(1), 64 + 34);
            assertThat(opened.verify().damage()).hasSize(1);
        }
        flip(segments().get(1), 64 + 34);
        open();
    }

    @Test
    void closeEndsACheck() {
        assertThatThrownBy(() -> store.verify(progress -> store.close())).isInstanceOf(KVClosedException.class);
        assertThatThrownBy(store::verify).isInstanceOf(KVClosedException.class);
    }

    @Test
    void storeInUseIsOk() {
        AtomicBoolean done = new AtomicBoolean();
        try (KVStore busy = KVStore.open(
                        directory.resolve("busy"),
                        KVOptions.builder()
                                .segmentSize(4096)
                                .durability(Durability.BUFFERED)
                                .mergeGarbageRatio(0.2)
                                .build());
                Crew crew = new Crew()) {
            for (int t = 0; t < 2; t++) {
                int thread = t;
                crew.start("writer" + t, () -> {
                    for (int i = 0; !done.get(); i++) {
                        busy.put(Bytes.of(thread + "-" + i % 100), Bytes.of("value " + i));
                        if (i % 7 == 0) {
                            busy.delete(Bytes.of(thread + "-" + i % 50));
                        }
                    }
                });
            }
            try {
                for (int i = 0; i < 30 && !crew.hasFailed(); i++) {
                    assertThat(busy.verify().damage()).isEmpty();
                }
            } finally {
                done.set(true);
            }
        }
    }
}
