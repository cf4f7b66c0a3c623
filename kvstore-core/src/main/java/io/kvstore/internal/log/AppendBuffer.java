package io.kvstore.internal.log;

import io.kvstore.internal.file.StoreFile;
import java.io.IOException;

/**
 * Writes records to the end of a file by system calls, as few as there can be: those of a batch are gathered and
 * written together, since a call costs a hundred times the copying of a small record. Owns its file. Used under the
 * log's lock.
 */
final class AppendBuffer implements AutoCloseable {
    private static final int SIZE = 64 << 10;
    private static final byte[] CLOSED = {};

    private final StoreFile file;
    private byte[] gathered = new byte[SIZE];

    /** Where in the file the gathered bytes go. */
    private int start;

    private int length;

    AppendBuffer(StoreFile file) {
        this.file = file;
    }

    /**
     * Takes the bytes that follow those of the call before. They are in the file after {@link #flush}.
     *
     * @param position in the file
     */
    void append(int position, byte[] source, int offset, int count) throws IOException {
        if (length + count > gathered.length) {
            flush();
        }
        if (count > gathered.length) {
            file.write(position, source, offset, count);
            return;
        }
        if (length == 0) {
            start = position;
        }
        assert position == start + length : "a gap in front of " + position;
        System.arraycopy(source, offset, gathered, length, count);
        length += count;
    }

    /** Writes what was gathered. */
    void flush() throws IOException {
        if (length > 0) {
            int count = length;
            length = 0;
            file.write(start, gathered, 0, count);
        }
    }

    /** Closes the file; what was gathered and not flushed is given up. */
    @Override
    public void close() throws IOException {
        gathered = CLOSED;
        length = 0;
        file.close();
    }
}
