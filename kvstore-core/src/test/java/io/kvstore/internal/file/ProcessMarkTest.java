package io.kvstore.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvstore.KVLockedException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMarkTest {
    @TempDir
    Path temp;

    @Test
    void markIsSetByOne() throws IOException {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("real")));
        ProcessMark first = ProcessMark.of(temp.resolve("real"));
        ProcessMark second = ProcessMark.of(link);
        assertThat(first.set("first")).isNull();
        assertThat(second.set("second")).isEqualTo("first");
        assertThat(first.set("again")).isEqualTo("first");
        first.clear();
        assertThat(second.set("second")).isNull();
        second.clear();
        assertThat(System.getProperties()).doesNotContainValue("first").doesNotContainValue("second");
    }

    @Test
    void directoryThatIsMountedTwiceIsOne() throws Exception {
        Path store = Files.createDirectory(temp.resolve("store"));
        Path other = Files.createDirectory(temp.resolve("other"));
        assumeThat(run("mount", "--bind", store.toString(), other.toString()))
                .as("directories can be mounted here")
                .isTrue();
        KVOptions readOnly = KVOptions.builder().readOnly(true).build();
        try {
            try (KVStore open = KVStore.open(store)) {
                assertThatThrownBy(() -> KVStore.open(other)).isInstanceOf(KVLockedException.class);
                assertThatThrownBy(() -> KVStore.open(other, readOnly)).isInstanceOf(KVLockedException.class);
                open.put(new byte[1], new byte[1]);
            }
            KVStore one = KVStore.open(store, readOnly);
            try (KVStore two = KVStore.open(other, readOnly)) {
                assertThat(one.size()).isOne();
                one.close();
                assertThatThrownBy(() -> KVStore.open(store)).isInstanceOf(KVLockedException.class);
                assertThat(two.size()).isOne();
            }
            KVStore.open(other).close();
        } finally {
            // Lazily: what was read through it is mapped until the garbage collector comes by.
            run("umount", "-l", other.toString());
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
