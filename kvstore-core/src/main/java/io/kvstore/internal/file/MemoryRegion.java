package io.kvstore.internal.file;

import java.io.IOException;
import java.util.Objects;

/** The first bytes of a file in memory, as a mapping. */
final class MemoryRegion implements MappedRegion {
    private final MemoryContent content;
    private final int length;

    MemoryRegion(MemoryContent content, int length) {
        this.content = content;
        this.length = length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void get(int position, byte[] target, int offset, int count) {
        Objects.checkFromIndexSize(position, count, length);
        content.get(position, target, offset, count);
    }

    @Override
    public void put(int position, byte[] source, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(position, count, length);
        content.put(position, source, offset, count);
    }

    @Override
    public void force(int position, int count) {}
}
