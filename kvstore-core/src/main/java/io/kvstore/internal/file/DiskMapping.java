package io.kvstore.internal.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/** A mapping of a real file. */
final class DiskMapping implements MappedRegion {
    private final Path path;
    private final MappedByteBuffer buffer;

    DiskMapping(Path path, MappedByteBuffer buffer) {
        this.path = path;
        this.buffer = buffer;
    }

    @Override
    public int length() {
        return buffer.capacity();
    }

    @Override
    public void get(int position, byte[] target, int offset, int length) {
        buffer.get(position, target, offset, length);
    }

    @Override
    public byte get(int position) {
        return buffer.get(position);
    }

    @Override
    public void put(int position, byte[] source, int offset, int length) throws IOException {
        try {
            buffer.put(position, source, offset, length);
        } catch (InternalError e) {
            throw new IOException("a page of " + path + " near offset " + position + " could not be written", e);
        }
    }

    @Override
    public void force(int position, int length) throws IOException {
        try {
            buffer.force(position, length);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
