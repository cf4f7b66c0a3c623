package io.kvstore.internal.file;

import java.io.IOException;

/** One open of a file in memory. To force it does nothing: memory is as stable as it gets. */
final class MemoryFile implements StoreFile {
    private final String name;
    private final MemoryContent content;

    MemoryFile(String name, MemoryContent content) {
        this.name = name;
        this.content = content;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        return content.length();
    }

    @Override
    public void setLength(long length) {
        content.setLength(length);
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) {
        int available = (int) Math.max(0, Math.min(length, content.length() - position));
        content.get(position, target, offset, available);
        return available;
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        content.extend(position + length);
        content.put(position, source, offset, length);
    }

    @Override
    public void force() {}

    @Override
    public MappedRegion map(long length, boolean writable) {
        if (writable) {
            content.extend(length);
        }
        return new MemoryRegion(content, (int) length);
    }

    @Override
    public void close() {}
}
