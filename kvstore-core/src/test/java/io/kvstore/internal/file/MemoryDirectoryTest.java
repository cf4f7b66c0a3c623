package io.kvstore.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.KVLockedException;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryDirectoryTest {
    private static final int CHUNK = MemorySpace.CHUNK;

    private final MemoryDirectory directory = new MemoryDirectory(Path.of("memory"));

    private static byte[] content(StoreFile file) throws IOException {
        byte[] bytes = new byte[(int) file.length()];
        assertThat(file.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
        return bytes;
    }

    private StoreFile filled(String name, byte[] bytes) throws IOException {
        StoreFile file = directory.create(name);
        file.write(0, bytes, 0, bytes.length);
        return file;
    }

    @Test
    void fileTakesMemoryOnlyForWhatIsWrittenToIt() throws IOException {
        StoreFile file = directory.create("f");
        MappedRegion region = file.map(512 << 20, true);
        assertThat(file.length()).isEqualTo(512 << 20);
        assertThat(directory.usedBytes()).isZero();
        region.put(300 << 20, Bytes.of("x"), 0, 1);
        assertThat(directory.usedBytes()).isEqualTo(CHUNK);
        byte[] read = {1, 1, 1};
        region.get((300 << 20) - 1, read, 0, 3);
        assertThat(read).containsExactly(0, 'x', 0);
    }

    @Test
    void mappingsAndFilesShareTheBytes() throws IOException {
        StoreFile file = filled("f", new byte[3]);
        MappedRegion before = directory.open("f").map(3, false);
        MappedRegion writable = file.map(CHUNK + 10, true);
        writable.put(0, Bytes.of("abc"), 0, 3);
        file.write(CHUNK - 1, Bytes.of("de"), 0, 2);
        byte[] read = new byte[3];
        before.get(0, read, 0, 3);
        assertThat(read).isEqualTo(Bytes.of("abc"));
        writable.get(CHUNK - 1, read, 0, 2);
        assertThat(read).isEqualTo(Bytes.of("dec"));
        assertThatThrownBy(() -> before.get(1, read, 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> writable.put(CHUNK + 9, read, 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void cutPartIsZeroWhenTheFileGrowsAgain() throws IOException {
        byte[] ones = new byte[2 * CHUNK + 7];
        Arrays.fill(ones, (byte) 1);
        StoreFile file = filled("f", ones);
        assertThat(directory.usedBytes()).isEqualTo(3 * CHUNK);
        file.setLength(CHUNK + 5);
        assertThat(directory.usedBytes()).isEqualTo(2 * CHUNK);
        file.setLength(2 * CHUNK + 7);
        byte[] expected = new byte[2 * CHUNK + 7];
        Arrays.fill(expected, 0, CHUNK + 5, (byte) 1);
        assertThat(content(file)).isEqualTo(expected);
    }

    @Test
    void readEndsAtTheEndOfTheFile() throws IOException {
        StoreFile file = filled("f", Bytes.of("abc"));
        byte[] target = new byte[5];
        assertThat(file.read(1, target, 1, 4)).isEqualTo(2);
        assertThat(target).containsExactly(0, 'b', 'c', 0, 0);
        assertThat(file.read(3, target, 0, 5)).isZero();
        assertThat(file.read(1_000_000, target, 0, 5)).isZero();
    }

    @Test
    void memoryIsFreeAsSoonAsAFileIsDeleted() throws IOException {
        StoreFile freed = filled("freed", new byte[10 * CHUNK]);
        filled("deleted", new byte[CHUNK]);
        filled("over", new byte[CHUNK]);
        filled("under", new byte[CHUNK]);
        directory.deleteAndFree("freed");
        assertThat(directory.usedBytes()).isEqualTo(3 * CHUNK);
        assertThat(freed.length()).isZero();
        directory.delete("deleted");
        directory.delete("deleted");
        directory.rename("over", "under");
        assertThat(directory.usedBytes()).isEqualTo(CHUNK);
        assertThat(directory.list()).containsExactly("under");
        directory.free();
        assertThat(directory.usedBytes()).isZero();
        assertThat(directory.open("under").length()).isZero();
    }

    /** As on a disk: whoever has the file open goes on. */
    @Test
    void deletedFileStaysForThoseWhoHaveIt() throws IOException {
        StoreFile file = filled("f", Bytes.of("abc"));
        MappedRegion region = file.map(3, false);
        directory.delete("f");
        filled("f", Bytes.of("new"));
        byte[] read = new byte[3];
        region.get(0, read, 0, 3);
        assertThat(read).isEqualTo(Bytes.of("abc"));
        file.write(CHUNK, read, 0, 3);
        assertThat(directory.usedBytes()).isEqualTo(CHUNK);
        file.setLength(0);
        assertThat(directory.usedBytes()).isEqualTo(CHUNK);
    }

    @Test
    void absentFilesAreNotFound() {
        assertThatThrownBy(() -> directory.open("none"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> directory.rename("none", "other")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void renameToItselfChangesNothing() throws IOException {
        filled("f", Bytes.of("abc"));
        directory.rename("f", "f");
        assertThat(content(directory.open("f"))).isEqualTo(Bytes.of("abc"));
        assertThat(directory.usedBytes()).isEqualTo(CHUNK);
    }

    @Test
    void createEmptiesWhatIsThere() throws IOException {
        StoreFile old = filled("f", new byte[CHUNK]);
        assertThat(directory.create("f").length()).isZero();
        assertThat(old.length()).isZero();
        assertThat(directory.usedBytes()).isZero();
    }

    @Test
    void fullDirectoryRefusesAndTakesMoreOnceSomethingIsGone() throws IOException {
        MemoryDirectory small = new MemoryDirectory(Path.of("small"), 2 * CHUNK);
        StoreFile file = small.create("f");
        file.write(0, new byte[2 * CHUNK], 0, 2 * CHUNK);
        StoreFile other = small.create("other");
        assertThatThrownBy(() -> other.write(0, new byte[1], 0, 1)).isInstanceOf(NoSpaceException.class);
        assertThat(small.usedBytes()).isEqualTo(2 * CHUNK);
        file.setLength(CHUNK);
        other.write(0, Bytes.of("x"), 0, 1);
        assertThat(content(other)).isEqualTo(Bytes.of("x"));
    }

    @Test
    void lockIsHeldByOneUntilItIsClosed() throws IOException {
        DirectoryLock lock = directory.lock("lock");
        assertThatThrownBy(() -> directory.lock("lock"))
                .isInstanceOf(KVLockedException.class)
                .hasMessageContaining("memory")
                .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        lock.close();
        try (DirectoryLock next = directory.lock("lock")) {
            lock.close();
            assertThatThrownBy(() -> directory.lock("lock")).isInstanceOf(KVLockedException.class);
            assertThat(next).isNotNull();
        }
    }

    @Test
    void randomWritesAndCutsBehaveAsOnAnArray() throws IOException {
        long seed = Seeds.next(getClass());
        Random random = new Random(seed);
        StoreFile file = directory.create("f");
        byte[] model = new byte[0];
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(4) == 0) {
                model = Arrays.copyOf(model, random.nextInt(4 * CHUNK));
                file.setLength(model.length);
            } else {
                byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 3 * CHUNK : 100) + 1];
                random.nextBytes(bytes);
                int position = random.nextInt(3 * CHUNK);
                if (position + bytes.length > model.length) {
                    model = Arrays.copyOf(model, position + bytes.length);
                }
                System.arraycopy(bytes, 0, model, position, bytes.length);
                file.write(position, bytes, 0, bytes.length);
            }
            assertThat(file.length()).isEqualTo(model.length);
            int from = random.nextInt(model.length + 1);
            byte[] read = new byte[random.nextInt(model.length - from + 1)];
            assertThat(file.read(from, read, 0, read.length)).isEqualTo(read.length);
            assertThat(Arrays.equals(read, 0, read.length, model, from, from + read.length))
                    .as("step %d with seed %d", step, seed)
                    .isTrue();
        }
        assertThat(content(file)).isEqualTo(model);
    }
}
