package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.engine.FileStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records are written to the file, or copied into its mapping, and read through the mapping in any case. */
class AppendModeTest {
    private static final int KEYS = 200;

    @TempDir
    Path directory;

    private final Map<Operation, Integer> done = new EnumMap<>(Operation.class);

    private static KVOptions options(Durability durability) {
        return KVOptions.builder()
                .durability(durability)
                .segmentSize(4096)
                .autoMerge(false)
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void recordsAreReadBackAtOnceAndAfterReopening(Durability durability) {
        try (FileStore store = FileStore.open(FaultyDirectory.unsynced(directory), options(durability))) {
            for (int i = 0; i < KEYS; i++) {
                store.put(Bytes.of(i), Bytes.of("value " + i));
                assertThat(store.get(Bytes.of(i))).isEqualTo(Bytes.of("value " + i));
            }
        }
        try (FileStore store = FileStore.open(FaultyDirectory.unsynced(directory), options(durability))) {
            // The one that was the last is appended to again.
            store.put(Bytes.of(0), Bytes.of("newest"));
            assertThat(store.get(Bytes.of(0))).isEqualTo(Bytes.of("newest"));
            assertThat(store.get(Bytes.of(KEYS - 1))).isEqualTo(Bytes.of("value " + (KEYS - 1)));
            assertThat(store.verify().ok()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhereEachWriteIsSyncedAreRecordsWritten(Durability durability) {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        try (FileStore store = FileStore.open(files, options(durability))) {
            store.put(Bytes.of("k"), Bytes.of("v"));
            String caller = Thread.currentThread().getName();
            files.faults((operation, file) -> {
                if (Thread.currentThread().getName().equals(caller)) {
                    done.merge(operation, 1, Integer::sum);
                }
            });
            store.put(Bytes.of("k"), Bytes.of("v"));
            boolean written = durability == Durability.SYNC;
            assertThat(done)
                    .hasSize(written ? 2 : 1)
                    .containsEntry(written ? Operation.OVERWRITE : Operation.MAPPED_PUT, 1);
        }
    }

    @Test
    void recordsOfABatchAreWrittenTogether() {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        KVOptions roomy =
                KVOptions.builder().durability(Durability.SYNC).autoMerge(false).build();
        byte[] large = new byte[100_000];
        large[99_999] = 1;
        try (FileStore store = FileStore.open(files, roomy)) {
            String caller = Thread.currentThread().getName();
            files.faults((operation, file) -> {
                if (Thread.currentThread().getName().equals(caller)) {
                    done.merge(operation, 1, Integer::sum);
                }
            });
            try (KVBatch batch = store.batch()) {
                for (int i = 0; i < KEYS; i++) {
                    batch.put(Bytes.of(i), Bytes.of("value " + i));
                }
                batch.commit();
                assertThat(done).containsEntry(Operation.OVERWRITE, 1);

                // One that is larger than what is gathered, between others.
                batch.put(Bytes.of("a"), Bytes.of("1"))
                        .put(Bytes.of("b"), large)
                        .put(Bytes.of("c"), Bytes.of("3"))
                        .commit();
            }
            assertThat(done).containsEntry(Operation.OVERWRITE, 4);
        }
        try (FileStore store = FileStore.open(files, roomy)) {
            assertThat(store.verify().ok()).isTrue();
            assertThat(store.size()).isEqualTo(KEYS + 3);
            assertThat(store.get(Bytes.of("b"))).isEqualTo(large);
            assertThat(store.get(Bytes.of(KEYS - 1))).isEqualTo(Bytes.of("value " + (KEYS - 1)));
        }
    }

    @Test
    void batchThatCannotBeWrittenIsReportedAndNotSeen() {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        FileStore store = FileStore.open(files, options(Durability.SYNC));
        store.put(Bytes.of("k"), Bytes.of("v"));
        files.faults((operation, file) -> {
            if (operation == Operation.OVERWRITE && file.endsWith(".seg")) {
                throw new IOException("bad sector");
            }
        });
        KVBatch batch = store.batch().put(Bytes.of("k"), Bytes.of("2")).put(Bytes.of("l"), Bytes.of("2"));
        assertThatThrownBy(batch::commit)
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.SYNC_FAILED));
        files.faults((operation, file) -> {});
        assertThat(store.get(Bytes.of("k"))).isEqualTo(Bytes.of("v"));
        assertThat(store.get(Bytes.of("l"))).isNull();
        assertThatThrownBy(batch::commit).hasMessageContaining("bad sector");
        assertThatThrownBy(store::close).hasMessageContaining("bad sector");
    }

    @Test
    void writeThatFailsIsReportedAndNothingIsAcknowledgedAfterwards() {
        FaultyDirectory files = FaultyDirectory.unsynced(directory);
        FileStore store = FileStore.open(files, options(Durability.SYNC));
        store.put(Bytes.of("k"), Bytes.of("v"));
        assertThat(store.stats().writable()).isTrue();
        files.faults((operation, file) -> {
            if (operation == Operation.OVERWRITE && file.endsWith(".seg")) {
                throw new IOException("bad sector");
            }
        });
        assertThatThrownBy(() -> store.put(Bytes.of("k"), Bytes.of("2")))
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.SYNC_FAILED));
        files.faults((operation, file) -> {});
        assertThatThrownBy(() -> store.put(Bytes.of("k"), Bytes.of("3"))).hasMessageContaining("bad sector");
        assertThat(store.stats().writable()).isFalse();
        assertThat(store.get(Bytes.of("k"))).isEqualTo(Bytes.of("v"));
        assertThatThrownBy(store::close).hasMessageContaining("bad sector");
    }
}
