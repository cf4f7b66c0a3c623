package io.kvstore.benchmarks.adapter;

import io.kvstore.benchmarks.data.Entries;
import io.kvstore.internal.format.RecordLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file to which records of the size that kvstore gives them are appended: 64 KiB at a time, or one by one. No store:
 * it has no index, so a record is found only because keys come in the order of the numbers in them.
 */
final class RawFileAdapter implements Adapter {
    private static final int BUFFER_BYTES = 64 << 10;

    private final FileChannel channel;
    private final RandomAccessFile file;
    private final int keyBytes;
    private final int valueBytes;
    private final int recordBytes;
    private final int bufferBytes;
    private final byte[] buffer;
    private int filled;

    /** How many records the file has; those in the buffer are not among them. */
    private volatile long flushed;

    RawFileAdapter(Path folder, Shape shape, boolean buffered) throws IOException {
        Path path = folder.resolve("raw");
        keyBytes = shape.keyBytes();
        valueBytes = shape.valueBytes();
        recordBytes = (int) RecordLayout.size(0, keyBytes, valueBytes);
        bufferBytes = buffered ? Math.max(recordBytes, BUFFER_BYTES / recordBytes * recordBytes) : recordBytes;
        buffer = new byte[bufferBytes];
        file = new RandomAccessFile(path.toFile(), "rw");
        file.seek(file.length());
        flushed = file.length() / recordBytes;
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public synchronized void put(byte[] key, byte[] value) {
        System.arraycopy(key, 0, buffer, filled, keyBytes);
        System.arraycopy(value, 0, buffer, filled + keyBytes, valueBytes);
        filled += recordBytes;
        if (filled == bufferBytes) {
            flush();
        }
    }

    private synchronized void flush() {
        try {
            file.write(buffer, 0, filled);
            flushed += filled / recordBytes;
            filled = 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        long number = Entries.number(key);
        if (number >= flushed) {
            flush();
        }
        byte[] value = new byte[valueBytes];
        try {
            if (channel.read(ByteBuffer.wrap(value), number * recordBytes + keyBytes) != valueBytes) {
                return null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return value;
    }

    @Override
    public synchronized void scan(Visitor visitor) {
        flush();
        byte[] block = new byte[Math.max(recordBytes, BUFFER_BYTES / recordBytes * recordBytes)];
        try {
            file.seek(0);
            for (int read = file.read(block); read > 0; read = file.read(block)) {
                for (int offset = 0; offset < read; offset += recordBytes) {
                    int valueStart = offset + keyBytes;
                    visitor.visit(
                            Arrays.copyOfRange(block, offset, valueStart),
                            Arrays.copyOfRange(block, valueStart, valueStart + valueBytes));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        flush();
        file.close();
        channel.close();
    }
}
