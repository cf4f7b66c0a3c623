package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SalvageFileTest {
    private static final int BLOCK = 4096;
    private static final int LENGTH = 5 * BLOCK + 100;

    @TempDir
    Path temp;

    private final byte[] content = new byte[LENGTH];
    private StoreFile disk;

    @BeforeEach
    void fill() throws IOException {
        Arrays.fill(content, (byte) 7);
        disk = new DiskDirectory(temp).create("file");
        disk.write(0, content, 0, content.length);
    }

    @Test
    void whatCanBeReadIsReadAndTheRestIsZerosAndNamed() throws IOException {
        try (SalvageFile file = new SalvageFile(new BadBlocks(disk, Set.of(1L, 2L, 5L)))) {
            byte[] read = new byte[LENGTH + 50];
            assertThat(file.read(0, read, 10, LENGTH + 40)).isEqualTo(LENGTH);
            byte[] expected = content.clone();
            Arrays.fill(expected, BLOCK, 3 * BLOCK, (byte) 0);
            Arrays.fill(expected, 5 * BLOCK, LENGTH, (byte) 0);
            assertThat(Arrays.copyOfRange(read, 10, 10 + LENGTH)).isEqualTo(expected);
            assertThat(file.unreadable())
                    .containsExactly(
                            new SalvageFile.Range(BLOCK, 3 * BLOCK, "bad sector"),
                            new SalvageFile.Range(5 * BLOCK, LENGTH, "bad sector"));
        }
    }

    @Test
    void whatIsReadAgainIsNamedOnce() throws IOException {
        try (SalvageFile file = new SalvageFile(new BadBlocks(disk, Set.of(1L, 3L)))) {
            byte[] read = new byte[LENGTH];
            file.read(0, read, 0, LENGTH);
            assertThat(file.read(BLOCK + 10, read, 0, 20)).isEqualTo(20);
            assertThat(file.read(0, read, 0, LENGTH)).isEqualTo(LENGTH);
            assertThat(file.unreadable()).hasSize(2);
        }
    }

    @Test
    void nothingIsReadBehindTheEnd() throws IOException {
        try (SalvageFile file = new SalvageFile(new BadBlocks(disk, Set.of(5L)))) {
            assertThat(file.read(LENGTH, new byte[10], 0, 10)).isZero();
            assertThat(file.read(LENGTH - 10, new byte[20], 0, 20)).isEqualTo(10);
        }
    }

    /** A file of which some blocks of 4 KiB cannot be read. */
    private record BadBlocks(StoreFile file, Set<Long> blocks) implements StoreFile {
        @Override
        public int read(long position, byte[] target, int offset, int length) throws IOException {
            long end = Math.min(position + length, length());
            for (long block = position / BLOCK; block * BLOCK < end; block++) {
                if (blocks.contains(block)) {
                    throw new IOException("bad sector");
                }
            }
            return file.read(position, target, offset, length);
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void setLength(long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(long position, byte[] source, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void force() {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedRegion map(long length, boolean writable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
