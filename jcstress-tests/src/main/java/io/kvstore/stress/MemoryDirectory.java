package io.kvstore.stress;

import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory in memory: a store in it rolls, syncs and merges thousands of times a second, which a disk does not. It
 * knows what was forced, and a mapping of a file that was deleted and freed cannot be read, as on a disk. (The
 * directory of stores in memory does neither: there a force does nothing, and what was freed reads as zeros.)
 */
public final class MemoryDirectory implements StoreDirectory {
    private final Map<String, MemoryFile> files = new ConcurrentHashMap<>();

    /**
     * Below which offset a file was forced.
     *
     * @param name of the file
     * @return bytes from its start
     */
    public int forcedEnd(String name) {
        MemoryFile file = files.get(name);
        return file == null ? Integer.MAX_VALUE : file.forcedEnd;
    }

    /**
     * Whether bytes of a file are on the disk as they are in the file now.
     *
     * @param name of the file
     * @param offset of the first
     * @param count of bytes
     * @return false if they were forced before they were written, or not at all
     */
    public boolean isForced(String name, int offset, int count) {
        MemoryFile file = files.get(name);
        return file != null
                && file.disk.length >= offset + count
                && Arrays.equals(file.disk, offset, offset + count, file.bytes, offset, offset + count);
    }

    @Override
    public Path path() {
        return Path.of("memory");
    }

    @Override
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public StoreFile create(String name) {
        MemoryFile file = new MemoryFile(name);
        files.put(name, file);
        return file;
    }

    @Override
    public StoreFile open(String name) throws IOException {
        MemoryFile file = files.get(name);
        if (file == null) {
            throw new FileNotFoundException(name);
        }
        return file;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        MemoryFile file = (MemoryFile) open(from);
        file.name = to;
        files.put(to, file);
        files.remove(from);
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }

    @Override
    public void deleteAndFree(String name) {
        MemoryFile file = files.remove(name);
        if (file != null) {
            file.bytes = MemoryFile.FREED;
        }
    }

    @Override
    public boolean isKept() {
        return false;
    }

    @Override
    public void sync() {
        // nothing outlives the process
    }

    @Override
    public DirectoryLock lock(String name) {
        return () -> {};
    }

    /** A file, of which no more than one mapping is used at a time. */
    private static final class MemoryFile implements StoreFile {
        static final byte[] FREED = {};

        volatile String name;
        volatile byte[] bytes = new byte[0];
        volatile int forcedEnd;

        /** What a loss of power leaves of what was written to the mapping. */
        volatile byte[] disk = new byte[0];

        MemoryFile(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public synchronized void setLength(long length) {
            bytes = Arrays.copyOf(bytes, (int) length);
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) {
            byte[] source = bytes;
            int available = Math.max(0, Math.min(length, source.length - (int) position));
            System.arraycopy(source, (int) position, target, offset, available);
            return available;
        }

        @Override
        public synchronized void write(long position, byte[] source, int offset, int length) {
            int end = (int) position + length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, end);
            }
            System.arraycopy(source, offset, bytes, (int) position, length);
        }

        @Override
        public void force() {
            // what counts is the force of the mapping
        }

        @Override
        public MappedRegion map(long length, boolean writable) {
            if (bytes.length < length) {
                setLength(length);
            }
            return new MemoryRegion(this, (int) length);
        }

        @Override
        public void close() {
            // mappings outlive it
        }
    }

    private record MemoryRegion(MemoryFile file, int length) implements MappedRegion {
        /** A force takes a while: a microsecond or some. */
        private static final int FORCE_SPINS = 100;

        @Override
        public void get(int position, byte[] target, int offset, int count) {
            byte[] source = file.bytes;
            if (source == MemoryFile.FREED) {
                throw new InternalError(file.name + ": a page that is gone");
            }
            System.arraycopy(source, position, target, offset, count);
        }

        @Override
        public void put(int position, byte[] source, int offset, int count) {
            System.arraycopy(source, offset, file.bytes, position, count);
        }

        @Override
        public void force(int position, int count) {
            for (int i = 0; i < FORCE_SPINS; i++) {
                Thread.onSpinWait();
            }
            // One at a time: the leader of the group sync, or whoever has made the file.
            byte[] disk = Arrays.copyOf(file.disk, file.bytes.length);
            System.arraycopy(file.bytes, position, disk, position, count);
            file.disk = disk;
            file.forcedEnd = Math.max(file.forcedEnd, position + count);
        }
    }
}
