package io.kvstore.internal.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * A file of the real file system. Reads and writes go through {@link RandomAccessFile}, which an interrupt does not
 * close; a channel is opened only for the moment of mapping.
 */
final class DiskFile implements StoreFile {
    private final Path path;
    private final RandomAccessFile file;

    DiskFile(Path path) throws FileNotFoundException {
        this.path = path;
        this.file = new RandomAccessFile(path.toFile(), "rw");
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
        file.setLength(length);
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        file.seek(position);
        int done = 0;
        while (done < length) {
            int n = file.read(target, offset + done, length - done);
            if (n < 0) {
                break;
            }
            done += n;
        }
        return done;
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        try {
            file.seek(position);
            file.write(source, offset, length);
        } catch (IOException e) {
            throw translate(e, "cannot write " + length + " bytes at offset " + position + " of " + path);
        }
    }

    @Override
    public void force() throws IOException {
        file.getFD().sync();
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
            throw translate(e, "cannot map " + length + " bytes of " + path);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /**
     * Tells a full disk from other errors. The JDK hands on only the text of the operating system's error: that of
     * Linux and macOS, of a used-up quota, and of Windows are known here.
     */
    static IOException translate(IOException e, String what) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean noSpace = text.contains("no space left") || text.contains("quota") || text.contains("not enough space");
        return noSpace ? new NoSpaceException(what, e) : new IOException(what + ": " + e.getMessage(), e);
    }
}
