package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.Durability;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.file.MemoryDirectory;
import io.kvstore.testing.Bytes;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SegmentLimitTest {
    private static final KVOptions.Builder OPTIONS =
            KVOptions.builder().durability(Durability.BUFFERED).autoMerge(false);

    /** Makes 60,000 segments, which takes some ten seconds. */
    @Test
    @Tag("long")
    void storeThatIsFullOfSegmentsOpensAndMerges() {
        MemoryDirectory directory = new MemoryDirectory(Path.of("full"));
        int puts = 0;
        try (KVStore store = FileStore.open(directory, OPTIONS.segmentSize(1024).build())) {
            KVException refused = null;
            while (refused == null) {
                try {
                    store.put(Bytes.of(puts % 1000), new byte[900]);
                    puts++;
                } catch (KVException e) {
                    refused = e;
                }
            }
            assertThat(refused.code()).isEqualTo(KVErrorCode.LIMIT_REACHED);
            assertThat(refused).hasMessageContaining("merge");
        }
        assertThat(puts).isGreaterThan(59_000);
        try (KVStore store =
                FileStore.open(directory, OPTIONS.segmentSize(1 << 20).build())) {
            assertThat(store.size()).isEqualTo(1000);
            assertThatThrownBy(() -> fill(store))
                    .asInstanceOf(type(KVException.class))
                    .extracting(KVException::code)
                    .isEqualTo(KVErrorCode.LIMIT_REACHED);
            store.merge();
            fill(store);
            assertThat(store.stats().segments()).isLessThan(20);
        }
        try (KVStore store = FileStore.open(directory, OPTIONS.build())) {
            assertThat(store.size()).isEqualTo(1000);
        }
    }

    /** Writes more than a segment holds. */
    private static void fill(KVStore store) {
        for (int i = 0; i < 3000; i++) {
            store.put(Bytes.of(i % 1000), new byte[1000]);
        }
    }
}
