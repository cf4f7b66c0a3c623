package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HasherTest {
    private Path file;

    @BeforeEach
    void setUp(@TempDir Path temp) throws IOException {
        file = Files.writeString(temp.resolve("file"), "before");
    }

    @Test
    void aFileThatChangesOnceWhileReadIsReadAgain() throws IOException {
        FileEntry entry = hasher(new Meddler(1)).hash(file);
        assertThat(entry.sha256()).isEqualTo(Tree.sha256(Files.readAllBytes(file)));
        assertThat(entry.size()).isEqualTo(Files.size(file));
    }

    @Test
    void aFileThatKeepsChangingIsUnreadable() {
        Meddler disk = new Meddler(Integer.MAX_VALUE);
        assertThatThrownBy(() -> hasher(disk).hash(file))
                .isInstanceOf(IOException.class)
                .hasMessage("changed while read");
        assertThat(disk.opened).isEqualTo(2);
    }

    @Test
    void aChangeOfTheTimeAloneIsNoticed() {
        Disk disk = new Disk() {
            @Override
            InputStream open(Path path) throws IOException {
                FileTime before = Files.getLastModifiedTime(path);
                Files.setLastModifiedTime(path, FileTime.from(before.toInstant().plusMillis(5)));
                return super.open(path);
            }
        };
        assertThatThrownBy(() -> hasher(disk).hash(file)).hasMessage("changed while read");
    }

    @Test
    void aFileWithFewerBytesThanItClaimsIsUnreadable() {
        Disk disk = new Disk() {
            @Override
            InputStream open(Path path) {
                return InputStream.nullInputStream();
            }
        };
        assertThatThrownBy(() -> hasher(disk).hash(file)).hasMessage("changed while read");
    }

    @Test
    void aFileThatGrowsWithoutEndIsLeft() {
        Disk disk = new Disk() {
            @Override
            InputStream open(Path path) {
                return new InputStream() {
                    @Override
                    public int read() {
                        return 'x';
                    }
                };
            }
        };
        assertThatThrownBy(() -> hasher(disk).hash(file)).hasMessage("changed while read");
    }

    @Test
    void anEmptyFileIsNotOpened() throws IOException {
        Path empty = Files.createFile(file.resolveSibling("empty"));
        Meddler disk = new Meddler(0);
        FileEntry entry = hasher(disk).hash(empty);
        assertThat(entry.sha256()).isEqualTo(Tree.sha256(new byte[0]));
        assertThat(disk.opened).isZero();
    }

    @Test
    void aFileThatVanishesSaysSo() {
        Disk disk = new Disk() {
            @Override
            InputStream open(Path path) throws IOException {
                Files.delete(path);
                return super.open(path);
            }
        };
        assertThatThrownBy(() -> hasher(disk).hash(file)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void theHashIsSha256() throws IOException {
        Files.writeString(file, "abc");
        assertThat(hasher(new Disk()).hash(file).sha256())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    private static Hasher hasher(Disk disk) {
        Progress progress = new Progress(new PrintWriter(new StringWriter()), false, System::nanoTime);
        return new Hasher(disk, progress, new StopSignal());
    }

    /** Appends to a file each time it has been opened, so many times. */
    private static final class Meddler extends Disk {
        private int left;
        private int opened;

        Meddler(int times) {
            left = times;
        }

        @Override
        InputStream open(Path path) throws IOException {
            opened++;
            InputStream in = super.open(path);
            if (left-- > 0) {
                Files.write(path, "more".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
            }
            return in;
        }
    }
}
