package io.kvstore.internal.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of the real file system. Reads and writes go through {@link RandomAccessFile}, which an interrupt does not
 * close; a channel is opened only for the moment of mapping.
 */
final class DiskFile implements StoreFile {
    /** As much as a huge page: what is written at once may get one. */
    private static final int MOST_AT_ONCE = 2 << 20;

    private final Path path;
    private final RandomAccessFile file;
    private final boolean writable;

    DiskFile(Path path, boolean writable) throws FileNotFoundException {
        this.path = path;
        this.writable = writable;
        this.file = new RandomAccessFile(path.toFile(), writable ? "rw" : "r");
    }

    @Override
    public String name() {
        return path.getFileName().toString();
    }

    @Override
    public long length() throws IOException {
        return file.length();
    }

    @Override
    public void setLength(long length) throws IOException {
        try {
            file.setLength(length);
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot set the length to " + length + " bytes of", path, length);
        }
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        int done = 0;
        try {
            file.seek(position);
            while (done < length) {
                int n = file.read(target, offset + done, length - done);
                if (n < 0) {
                    break;
                }
                done += n;
            }
        } catch (IOException e) {
            throw new IOException(
                    "cannot read at offset " + (position + done) + " of " + path + ": " + e.getMessage(), e);
        }
        return done;
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        try {
            file.seek(position);
            // The JDK copies what it writes at once to memory that it takes for that.
            for (int done = 0; done < length; done += MOST_AT_ONCE) {
                file.write(source, offset + done, Math.min(MOST_AT_ONCE, length - done));
            }
        } catch (IOException e) {
            throw DiskErrors.translate(
                    e, "cannot write " + length + " bytes at offset " + position + " of", path, length);
        }
    }

    @Override
    public void force() throws IOException {
        try {
            if (writable) {
                file.getFD().sync();
            }
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot sync", path, 0);
        }
    }

    @Override
    public MappedRegion map(long length, boolean writable) throws IOException {
        try {
            return Uninterrupted.call(() -> {
                try (FileChannel channel = writable
                        ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        : FileChannel.open(path, StandardOpenOption.READ)) {
                    MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
                    return new DiskMapping(path, channel.map(mode, 0, length));
                }
            });
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot map " + length + " bytes of", path, 0);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
