package io.kvstore.internal.log;

import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A directory on the heap that knows what of each file was forced, and tells a test of each operation before it is
 * done. An operation for which the test throws is not done.
 */
public final class HeapDirectory implements StoreDirectory {
    /** What is done to a file or the directory. */
    public enum Operation {
        CREATE,
        OPEN,
        RENAME,
        DELETE,
        SYNC,
        WRITE,
        SET_LENGTH,
        FORCE,
        MAP,
        /** Into a mapping; position and length are those of the call, as with {@link #FORCE_MAPPED}. */
        PUT,
        FORCE_MAPPED
    }

    /** Looks at an operation, holds it up, or makes it fail. */
    interface Hook {
        void before(Operation operation, HeapFile file, int position, byte[] source, int offset, int length)
                throws IOException;
    }

    private static final Hook NONE = (operation, file, position, source, offset, length) -> {};
    private static final byte[] NO_BYTES = {};

    private final Map<String, HeapFile> files = new ConcurrentSkipListMap<>();
    private final List<String> forces = Collections.synchronizedList(new ArrayList<>());
    private volatile Hook hook = NONE;

    void hook(Hook newHook) {
        hook = newHook;
    }

    /** For operations by their kind alone. */
    public interface SimpleHook {
        void before(Operation operation) throws IOException;
    }

    public void hookOperations(SimpleHook newHook) {
        hook = (operation, file, position, source, offset, length) -> newHook.before(operation);
    }

    public void unhook() {
        hook = NONE;
    }

    public HeapFile file(String name) {
        return files.get(name);
    }

    /** Puts a file there with some content, in place of the one that was. */
    public void put(String name, byte[] content) {
        HeapFile file = new HeapFile(name);
        file.bytes = content.clone();
        files.put(name, file);
    }

    public List<String> names() {
        return List.copyOf(files.keySet());
    }

    /** The files whose mappings were forced, in order. */
    List<String> forces() {
        synchronized (forces) {
            return List.copyOf(forces);
        }
    }

    private void before(Operation operation, HeapFile file) throws IOException {
        hook.before(operation, file, 0, NO_BYTES, 0, 0);
    }

    @Override
    public Path path() {
        return Path.of("heap");
    }

    @Override
    public List<String> list() {
        return names();
    }

    @Override
    public StoreFile create(String name) throws IOException {
        HeapFile file = new HeapFile(name);
        before(Operation.CREATE, file);
        files.put(name, file);
        return file;
    }

    @Override
    public StoreFile open(String name) throws IOException {
        HeapFile file = files.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        before(Operation.OPEN, file);
        return file;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        HeapFile file = files.get(from);
        if (file == null) {
            throw new NoSuchFileException(from);
        }
        before(Operation.RENAME, file);
        file.name = to;
        files.put(to, file);
        files.remove(from);
    }

    @Override
    public void delete(String name) throws IOException {
        HeapFile file = files.get(name);
        if (file != null) {
            before(Operation.DELETE, file);
            files.remove(name);
        }
    }

    @Override
    public void deleteAndFree(String name) throws IOException {
        HeapFile file = files.get(name);
        if (file != null) {
            before(Operation.DELETE, file);
            files.remove(name);
            file.bytes = NO_BYTES;
        }
    }

    @Override
    public void sync() throws IOException {
        hook.before(Operation.SYNC, null, 0, NO_BYTES, 0, 0);
    }

    @Override
    public DirectoryLock lock(String name) {
        throw new UnsupportedOperationException();
    }

    /** A file, of which no more than one mapping is made. */
    public final class HeapFile implements StoreFile {
        private volatile String name;
        private final AtomicInteger closes = new AtomicInteger();
        private volatile byte[] bytes = NO_BYTES;
        private volatile int putEnd;
        private volatile int forcedEnd;

        HeapFile(String name) {
            this.name = name;
        }

        public byte[] bytes() {
            return bytes;
        }

        /** Below this everything has been forced, by calls that have returned. */
        int forcedEnd() {
            return forcedEnd;
        }

        public boolean wasClosed() {
            return closes.get() > 0;
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
        public void setLength(long length) throws IOException {
            before(Operation.SET_LENGTH, this);
            bytes = Arrays.copyOf(bytes, (int) length);
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) {
            int available = Math.max(0, Math.min(length, bytes.length - (int) position));
            System.arraycopy(bytes, (int) position, target, offset, available);
            return available;
        }

        @Override
        public synchronized void write(long position, byte[] source, int offset, int length) throws IOException {
            hook.before(Operation.WRITE, this, (int) position, source, offset, length);
            int end = (int) position + length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, end);
            }
            System.arraycopy(source, offset, bytes, (int) position, length);
        }

        @Override
        public void force() throws IOException {
            before(Operation.FORCE, this);
            forcedEnd = Math.max(forcedEnd, Math.max(SegmentHeader.SIZE, putEnd));
        }

        @Override
        public MappedRegion map(long length, boolean writable) throws IOException {
            before(Operation.MAP, this);
            if (bytes.length < length) {
                bytes = Arrays.copyOf(bytes, (int) length);
            }
            return new HeapRegion(this, (int) length);
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    private final class HeapRegion implements MappedRegion {
        private final HeapFile file;
        private final int length;

        HeapRegion(HeapFile file, int length) {
            this.file = file;
            this.length = length;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void get(int position, byte[] target, int offset, int count) {
            System.arraycopy(file.bytes, position, target, offset, count);
        }

        @Override
        public void put(int position, byte[] source, int offset, int count) throws IOException {
            hook.before(Operation.PUT, file, position, source, offset, count);
            System.arraycopy(source, offset, file.bytes, position, count);
            file.putEnd = Math.max(file.putEnd, position + count);
        }

        @Override
        public void force(int position, int count) throws IOException {
            forces.add(file.name);
            hook.before(Operation.FORCE_MAPPED, file, position, NO_BYTES, 0, count);
            if (position <= file.forcedEnd) {
                file.forcedEnd = Math.max(file.forcedEnd, position + count);
            }
        }
    }
}
