package io.kvstore.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvstore.KVNoSpaceException;
import io.kvstore.testing.SmallFileSystem;
import io.kvstore.testing.SmallFileSystem.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskErrorsTest {
    private static final String SHORT = "short";
    private static final String LONG = "l".repeat(200);

    @TempDir
    Path temp;

    /** On a disk that is full, and whose directory has no room for another name of some length. */
    @Test
    void newNameThatDoesNotFitIsNoSpace() throws IOException {
        try (SmallFileSystem small = mount()) {
            Path root = Files.createDirectory(small.root().resolve("store"));
            DiskDirectory directory = new DiskDirectory(root);
            directory.create(SHORT).close();
            fill(small.root().resolve("ballast"));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            Files.createFile(root.resolve(LONG + i));
                        }
                    })
                    .hasMessageContaining("No space left");

            assertThatThrownBy(() -> directory.rename(SHORT, LONG))
                    .isInstanceOf(NoSpaceException.class)
                    .hasMessageContaining("cannot rename " + root.resolve(SHORT) + " to " + root.resolve(LONG));
            assertThatThrownBy(() -> DiskDirectory.createNew(root.resolve(LONG)))
                    .isInstanceOf(NoSpaceException.class);
            assertThatThrownBy(() -> DiskDirectory.createDurably(root.resolve(LONG)))
                    .isInstanceOf(NoSpaceException.class);
            assertThatThrownBy(() -> directory.lock("lock")).isInstanceOf(NoSpaceException.class);
            assertThat(directory.list()).contains(SHORT).doesNotContain(LONG);

            Files.delete(small.root().resolve("ballast"));
            directory.rename(SHORT, LONG);
            assertThat(directory.list()).contains(LONG).doesNotContain(SHORT);
            directory.lock("lock").close();
        }
    }

    private SmallFileSystem mount() {
        try {
            return SmallFileSystem.mount(Kind.EXT4, 8, temp);
        } catch (IOException e) {
            return abort("skipped, since no small file system can be mounted here: " + e.getMessage());
        }
    }

    /** To the last block. */
    private static void fill(Path ballast) throws IOException {
        try (StoreFile file = new DiskFile(ballast, true)) {
            byte[] block = new byte[512];
            assertThatThrownBy(() -> {
                        for (long at = 0; ; at += block.length) {
                            file.write(at, block, 0, block.length);
                        }
                    })
                    .isInstanceOf(NoSpaceException.class);
        }
    }

    @Test
    void errorThatSaysWhatIsWrongStaysWhatItIs() {
        Path file = temp.resolve("file");
        IOException denied = new AccessDeniedException(file.toString());
        assertThat(DiskErrors.translate(denied, "cannot delete", file, 0)).isSameAs(denied);
        assertThatThrownBy(() -> new DiskDirectory(temp).rename("absent", "file"))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void textOfTheOperatingSystemDecides() {
        Path file = temp.resolve("file");
        IOException full = new FileSystemException(file.toString(), null, "No space left on device");
        assertThat(DiskErrors.translate(full, "cannot delete", file, 0))
                .isInstanceOf(NoSpaceException.class)
                .hasMessageContaining("cannot delete " + file)
                .hasMessageContaining("No space left on device");
        assertThat(FileErrors.toStoreError(DiskErrors.translate(full, "cannot delete", file, 0), "it is still there"))
                .isInstanceOf(KVNoSpaceException.class);
        IOException other = new FileSystemException(file.toString(), null, "Operation not permitted");
        assertThat(DiskErrors.translate(other, "cannot delete", file, 0)).isSameAs(other);
    }

    /** Where the text tells nothing, as in other languages. */
    @Test
    void roomThatIsLeftDecidesWhereTheTextTellsNothing() {
        Path file = temp.resolve("file");
        IOException unknown = new IOException("Kein Platz");
        assertThat(DiskErrors.translate(unknown, "cannot write", file, Long.MAX_VALUE))
                .isInstanceOf(NoSpaceException.class)
                .hasMessageContaining("Kein Platz");
        assertThat(DiskErrors.translate(unknown, "cannot write", file, 1)).isNotInstanceOf(NoSpaceException.class);
    }
}
