package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyTest {
    private static final KVOptions READ_ONLY =
            KVOptions.builder().readOnly(true).build();
    private static final KVOptions SMALL =
            KVOptions.builder().segmentSize(1024).autoMerge(false).build();

    @TempDir
    Path temp;

    private Path filled() {
        Path directory = temp.resolve("store");
        try (KVStore store = KVStore.open(directory, SMALL)) {
            for (int i = 0; i < 100; i++) {
                store.put(Bytes.of(i), Bytes.of("value " + i));
            }
            store.bucket("b").put(Bytes.of("k"), Bytes.of("v"));
            store.delete(Bytes.of(7));
        }
        return directory;
    }

    /** All that can be told of the files. */
    private static Map<String, String> state(Path directory) throws IOException {
        Map<String, String> state = new HashMap<>();
        for (Path file : Stores.files(directory)) {
            FileTime changed = Files.getLastModifiedTime(file);
            state.put(
                    file.getFileName().toString(), changed + " " + java.util.Arrays.hashCode(Files.readAllBytes(file)));
        }
        state.put(".", Files.getLastModifiedTime(directory).toString());
        return state;
    }

    @Test
    void everythingIsReadAndNothingIsWritten() throws IOException {
        Path directory = filled();
        Map<String, String> before = state(directory);
        try (KVStore store = KVStore.open(directory, READ_ONLY)) {
            assertThat(store.size()).isEqualTo(99);
            assertThat(store.get(Bytes.of(8))).isEqualTo(Bytes.of("value 8"));
            assertThat(store.get(Bytes.of(7))).isNull();
            assertThat(Stores.scan(store)).hasSize(99);
            assertThat(Stores.scan(store.bucket("b"))).isEqualTo(Map.of("k", "v"));
            assertThat(store.bucketNames()).containsExactly("b");
            assertThat(store.stats().keys()).isEqualTo(100);
            assertThat(store.stats().writable()).isFalse();
            try (KVTransaction tx = store.begin()) {
                assertThat(tx.get(Bytes.of(8))).isEqualTo(Bytes.of("value 8"));
                assertThat(Stores.scan(tx)).hasSize(99);
                tx.commit();
            }
            store.sync();
        }
        assertThat(state(directory)).isEqualTo(before);
    }

    @Test
    void everyWriteIsRefused() throws IOException {
        Path directory = filled();
        Map<String, String> before = state(directory);
        byte[] key = Bytes.of(8);
        try (KVStore store = KVStore.open(directory, READ_ONLY)) {
            assertReadOnly(() -> store.put(key, key));
            assertReadOnly(() -> store.put(key, key, Duration.ofDays(1)));
            assertReadOnly(() -> store.delete(key));
            assertReadOnly(() -> store.delete(Bytes.of("absent")));
            assertReadOnly(() -> store.putIfAbsent(key, key));
            assertReadOnly(() -> store.replace(key, key, key));
            assertReadOnly(() -> store.delete(key, key));
            assertReadOnly(() -> store.bucket("new").put(key, key));
            assertReadOnly(() -> store.dropBucket("b"));
            assertReadOnly(store::merge);
            try (KVBatch batch = store.batch()) {
                batch.put(key, key);
                assertReadOnly(batch::commit);
            }
            try (KVTransaction tx = store.begin()) {
                tx.put(key, key);
                assertReadOnly(tx::commit);
            }
            assertThat(store.get(key)).isEqualTo(Bytes.of("value 8"));
        }
        assertThat(state(directory)).isEqualTo(before);
    }

    private static void assertReadOnly(ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.READ_ONLY))
                .satisfies(e -> assertThat(e).hasMessageContaining("readOnly"));
    }

    @Test
    void whatACrashHasLeftIsReadAndLeft() throws IOException {
        Path killed = temp.resolve("killed");
        try (KVStore store = KVStore.open(temp.resolve("store"), SMALL)) {
            for (int i = 0; i < 50; i++) {
                store.put(Bytes.of(i), Bytes.of("value " + i));
            }
            Stores.copy(temp.resolve("store"), killed);
        }
        Path last = Stores.segments(killed).stream()
                .filter(file -> file.toFile().length() > 64)
                .reduce((first, second) -> second)
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(last);
        for (int i = bytes.length - 1; i > 64; i--) {
            if (bytes[i] != 0) {
                bytes[i] ^= 0x55;
                break;
            }
        }
        Files.write(last, bytes);
        Map<String, String> before = state(killed);
        long size;
        try (KVStore store = KVStore.open(killed, READ_ONLY)) {
            size = store.size();
            assertThat(size).isBetween(48L, 50L);
        }
        assertThat(state(killed)).isEqualTo(before);
        try (KVStore store = KVStore.open(killed, SMALL)) {
            assertThat(store.size()).isEqualTo(size);
        }
    }

    @Test
    void manyMayReadAtOnceAndNobodyWriteMeanwhile() throws Exception {
        Path directory = filled();
        try (KVStore first = KVStore.open(directory, READ_ONLY)) {
            try (KVStore second = KVStore.open(directory, READ_ONLY)) {
                assertThat(second.size()).isEqualTo(first.size());
            }
            assertThat(ChildJvm.run(Opener.class, directory.toString(), "true")).contains("opened 99");
            assertThat(ChildJvm.run(Opener.class, directory.toString(), "false"))
                    .contains("LOCKED", "read-only", holder());
            assertThatThrownBy(() -> KVStore.open(directory))
                    .isInstanceOf(KVLockedException.class)
                    .hasMessageContaining("read-only")
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
            assertThat(first.size()).isEqualTo(99);
        }
        try (KVStore writer = KVStore.open(directory)) {
            writer.put(Bytes.of("k"), Bytes.of("v"));
            assertThatThrownBy(() -> KVStore.open(directory, READ_ONLY)).isInstanceOf(KVLockedException.class);
            assertThat(ChildJvm.run(Opener.class, directory.toString(), "true"))
                    .contains("LOCKED", Long.toString(ProcessHandle.current().pid()));
        }
    }

    /** Readers write nothing, so that only the system can tell who they are. */
    private static String holder() {
        return Files.isReadable(Path.of("/proc/locks"))
                ? Long.toString(ProcessHandle.current().pid())
                : "of unknown id";
    }

    /** Opens a store in a process of its own. */
    static final class Opener {
        public static void main(String[] args) {
            KVOptions options =
                    KVOptions.builder().readOnly(Boolean.parseBoolean(args[1])).build();
            try (KVStore store = KVStore.open(Path.of(args[0]), options)) {
                System.out.println("opened " + store.size());
            } catch (KVException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }

    @Test
    void storeWithoutALockFileCanBeRead() throws IOException {
        Path directory = filled();
        Path copy = temp.resolve("copy");
        Stores.copy(directory, copy);
        Files.delete(copy.resolve("kvstore.lock"));
        try (KVStore store = KVStore.open(copy, READ_ONLY)) {
            assertThat(store.size()).isEqualTo(99);
        }
        assertThat(copy.resolve("kvstore.lock")).doesNotExist();
    }

    @Test
    void storeThatIsNotThereIsNotMade() throws IOException {
        Path absent = temp.resolve("absent");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        for (Path path : new Path[] {absent, empty}) {
            assertThatThrownBy(() -> KVStore.open(path, READ_ONLY))
                    .asInstanceOf(type(KVException.class))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.STORE_NOT_FOUND))
                    .satisfies(e -> assertThat(e.getMessage()).contains("without the option readOnly"));
        }
        assertThat(absent).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }
}
