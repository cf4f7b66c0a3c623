package io.kvstore.internal.engine;

import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file of which the disk may not give out every part: what cannot be read is zeros, and is remembered. Belongs to one
 * thread; closes the file.
 */
final class SalvageFile implements StoreFile {
    /** A disk fails by the sector, the operating system reads by the page. */
    private static final int BLOCK = 4096;

    private final StoreFile file;
    private final List<Range> unreadable = new ArrayList<>();

    SalvageFile(StoreFile file) {
        this.file = file;
    }

    /**
     * What could not be read.
     *
     * @param from offset of its first byte
     * @param to offset behind its last
     * @param cause what the operating system says
     */
    record Range(long from, long to, String cause) {}

    /** What could not be read so far. */
    List<Range> unreadable() {
        return List.copyOf(unreadable);
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        try {
            return file.read(position, target, offset, length);
        } catch (IOException e) {
            return readByBlocks(position, target, offset, (int) Math.min(length, file.length() - position));
        }
    }

    private int readByBlocks(long position, byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            long from = position + done;
            int block = (int) Math.min(length - done, BLOCK - from % BLOCK);
            try {
                int n = file.read(from, target, offset + done, block);
                if (n < block) {
                    return done + n;
                }
            } catch (IOException e) {
                Arrays.fill(target, offset + done, offset + done + block, (byte) 0);
                add(
                        from - from % BLOCK,
                        Math.min(file.length(), from - from % BLOCK + BLOCK),
                        String.valueOf(e.getMessage()));
            }
            done += block;
        }
        return done;
    }

    /** Blocks are met from front to back, some of them more than once. */
    private void add(long from, long to, String cause) {
        if (unreadable.stream().anyMatch(range -> from >= range.from() && to <= range.to())) {
            return;
        }
        Range last = unreadable.isEmpty() ? null : unreadable.get(unreadable.size() - 1);
        if (last != null && from == last.to()) {
            unreadable.set(unreadable.size() - 1, new Range(last.from(), to, last.cause()));
        } else {
            unreadable.add(new Range(from, to, cause));
        }
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
    public void setLength(long length) throws IOException {
        file.setLength(length);
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        file.write(position, source, offset, length);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public MappedRegion map(long length, boolean writable) throws IOException {
        return file.map(length, writable);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
