package io.kvstore.internal.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Victims of several megabytes: more than is read at once, so that runs of records lie across the ends of reads. */
class VictimCopyTest {
    private static final int KEYS = 20_000;
    private static final int LARGEST = 900 << 10;

    @TempDir
    Path directory;

    private static byte[] key(int i) {
        return ByteBuffer.allocate(4).putInt(i).array();
    }

    /** Of all sizes: mostly small ones, a few that do not fit into a run, or into what is read at once. */
    private static byte[] value(int i, int version) {
        SplittableRandom random = new SplittableRandom(31L * i + version);
        int size = i % 4_000 == 7 ? LARGEST + random.nextInt(LARGEST) : i % 500 == 3 ? 40_000 : random.nextInt(300);
        byte[] value = new byte[size];
        Arrays.fill(value, (byte) (i * 7 + version));
        return value;
    }

    @Test
    void everyRecordThatIsCurrentIsCopiedWhole() {
        KVOptions options = KVOptions.builder()
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .build();
        try (KVStore store = KVStore.open(directory, options)) {
            for (int i = 0; i < KEYS; i++) {
                store.put(key(i), value(i, 0));
            }
            for (int i = 0; i < KEYS; i += 3) {
                store.put(key(i), value(i, 1));
            }
            for (int i = 1; i < KEYS; i += 9) {
                store.delete(key(i));
            }
            long before = store.stats().logBytes();
            store.merge();
            assertThat(store.stats().logBytes()).isLessThan(before);
            requireAll(store);
            assertThat(store.verify().ok()).isTrue();
        }
        try (KVStore store = KVStore.open(directory, options)) {
            requireAll(store);
        }
    }

    private static void requireAll(KVStore store) {
        for (int i = 0; i < KEYS; i++) {
            byte[] expected = i % 9 == 1 ? null : value(i, i % 3 == 0 ? 1 : 0);
            assertThat(store.get(key(i))).as("value of key %d", i).isEqualTo(expected);
        }
    }
}
