package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVNoSpaceException;
import io.kvstore.KVOptions;
import io.kvstore.internal.file.MemoryDirectory;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A disk that the store has filled by itself: the garbage in it is what makes room again. */
@Tag("crash")
class FullDiskMergeTest {
    private static final int KEYS = 10_000;

    private final MemoryDirectory disk = new MemoryDirectory(Path.of("full"), 8 << 20);
    private final Map<Integer, Integer> expected = new HashMap<>();

    private FileStore open(boolean auto) {
        KVOptions options = KVOptions.builder()
                .segmentSize(256 << 10)
                .durability(Durability.BUFFERED)
                .autoMerge(auto)
                .build();
        return FileStore.open(disk, options);
    }

    /** Overwrites until there is no room any more. */
    private void fill(FileStore store) {
        for (int i = 0; ; i++) {
            try {
                store.put(Bytes.of(i % KEYS), value(i));
                expected.put(i % KEYS, i);
            } catch (KVNoSpaceException e) {
                return;
            }
        }
    }

    private static byte[] value(int i) {
        return Bytes.of(i + "-".repeat(200));
    }

    private void assertIntact(FileStore store) {
        expected.forEach((key, i) -> assertThat(store.get(Bytes.of(key))).isEqualTo(value(i)));
        assertThat(store.size()).isEqualTo(expected.size());
    }

    @Test
    void fullMergeMakesRoomOnADiskThatTheStoreHasFilled() {
        try (FileStore store = open(false)) {
            fill(store);
            assertThatThrownBy(() -> store.put(Bytes.of("more"), new byte[10_000]))
                    .isInstanceOf(KVNoSpaceException.class);
            long before = store.stats().logBytes();
            store.merge();
            assertThat(store.stats().logBytes()).isLessThan(before * 3 / 4);
            assertIntact(store);
            store.put(Bytes.of(0), value(0));
            expected.put(0, 0);
        }
        try (FileStore store = open(false)) {
            assertIntact(store);
        }
    }

    @Test
    void writesWorkAgainOnADiskThatTheStoreHasFilledOnceTheBackgroundHasMerged() {
        try (FileStore store = open(false)) {
            fill(store);
        }
        try (FileStore store = open(true)) {
            Crew.awaitUntil("there is room again", () -> {
                try {
                    store.put(Bytes.of(0), value(0));
                    expected.put(0, 0);
                    return true;
                } catch (KVNoSpaceException e) {
                    return false;
                }
            });
            assertIntact(store);
        }
    }
}
