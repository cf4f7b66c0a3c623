package io.kvstore.testing;

import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory, of the disk or simulated, in which each operation first asks whether it shall fail, and how: wholly, or
 * a write in its middle.
 */
public final class FaultyDirectory implements StoreDirectory {
    private final StoreDirectory disk;
    private volatile Faults faults = (operation, file) -> {};
    private final boolean synced;
    /** Up to where files were written: a mapping makes them longer, and gives them no blocks. */
    private final Map<String, Long> blocks = new ConcurrentHashMap<>();

    private final Map<String, Integer> forced = new ConcurrentHashMap<>();
    private final Map<String, Integer> written = new ConcurrentHashMap<>();

    public FaultyDirectory(Path path) {
        this(new DiskDirectory(path), true);
    }

    public FaultyDirectory(StoreDirectory directory) {
        this(directory, true);
    }

    private FaultyDirectory(StoreDirectory directory, boolean synced) {
        this.disk = directory;
        this.synced = synced;
    }

    /** A directory whose files are never forced: for tests that open stores by the thousand and cut no power. */
    public static FaultyDirectory unsynced(Path path) {
        return new FaultyDirectory(new DiskDirectory(path), false);
    }

    /** The offset below which everything that was put into a mapped file was forced. */
    public int forced(String name) {
        return forced.getOrDefault(name, 0);
    }

    /** The offset at which the last record ends that was put into a mapped file, or written over its zeros. */
    public int written(String name) {
        return written.getOrDefault(name, 0);
    }

    /** What is done to a file or the directory. */
    public enum Operation {
        LOCK,
        LIST,
        CREATE,
        OPEN,
        RENAME,
        LINK,
        DELETE,
        SYNC_DIRECTORY,
        LENGTH,
        SET_LENGTH,
        READ,
        /** Of what lies beyond the end of the file, which takes room. */
        WRITE,
        /** Of what has its blocks. */
        OVERWRITE,
        FORCE,
        MAP,
        /** Fails as a page does that cannot be brought in: with an error of the JVM, not of the file system. */
        MAPPED_GET,
        MAPPED_PUT,
        MAPPED_FORCE;

        /** Whether it may change what is there, or what outlasts a power loss. */
        public boolean changes() {
            return switch (this) {
                case LIST, OPEN, LENGTH, READ, MAPPED_GET -> false;
                default -> true;
            };
        }
    }

    /** Thrown by faults in front of a write: half of it is done, and then it fails. */
    public static final class ShortWriteException extends IOException {
        private static final long serialVersionUID = 1L;

        public ShortWriteException(String message) {
            super(message);
        }
    }

    /** Decides, before an operation, whether it fails. */
    public interface Faults {
        void before(Operation operation, String file) throws IOException;
    }

    public void faults(Faults newFaults) {
        this.faults = newFaults;
    }

    private void before(Operation operation, String file) throws IOException {
        faults.before(operation, file);
    }

    /** After a failed force the system may take pages for clean that the disk never got. */
    private static void forget(Object forced, int position, int length) {
        if (forced instanceof SimulatedDirectory.Forgetful pages) {
            pages.forget(position, length);
        }
    }

    @Override
    public Path path() {
        return disk.path();
    }

    @Override
    public List<String> list() throws IOException {
        before(Operation.LIST, "");
        return disk.list();
    }

    @Override
    public StoreFile create(String name) throws IOException {
        before(Operation.CREATE, name);
        blocks.remove(name);
        return new FaultyFile(disk.create(name));
    }

    @Override
    public StoreFile open(String name) throws IOException {
        before(Operation.OPEN, name);
        StoreFile file = disk.open(name);
        blocks.putIfAbsent(name, file.length());
        return new FaultyFile(file);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        before(Operation.RENAME, to);
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        before(Operation.DELETE, name);
        disk.delete(name);
    }

    @Override
    public void deleteAndFree(String name) throws IOException {
        before(Operation.DELETE, name);
        disk.deleteAndFree(name);
    }

    @Override
    public void sync() throws IOException {
        before(Operation.SYNC_DIRECTORY, "");
        if (synced) {
            disk.sync();
        }
    }

    @Override
    public boolean linkInto(Path other, String name) throws IOException {
        before(Operation.LINK, name);
        return disk.linkInto(other, name);
    }

    @Override
    public boolean isLinked(String name) throws IOException {
        return disk.isLinked(name);
    }

    @Override
    public DirectoryLock lock(String name) throws IOException {
        before(Operation.LOCK, name);
        return disk.lock(name);
    }

    private final class FaultyFile implements StoreFile {
        private final StoreFile file;

        FaultyFile(StoreFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() throws IOException {
            before(Operation.LENGTH, name());
            return file.length();
        }

        @Override
        public void setLength(long length) throws IOException {
            before(Operation.SET_LENGTH, name());
            blocks.merge(name(), length, Math::min);
            file.setLength(length);
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) throws IOException {
            before(Operation.READ, name());
            return file.read(position, target, offset, length);
        }

        @Override
        public void write(long position, byte[] source, int offset, int length) throws IOException {
            long end = position + length;
            boolean overwrites = end <= blocks.getOrDefault(name(), 0L);
            try {
                before(overwrites ? Operation.OVERWRITE : Operation.WRITE, name());
            } catch (ShortWriteException e) {
                file.write(position, source, offset, length / 2);
                throw e;
            }
            blocks.merge(name(), end, Math::max);
            file.write(position, source, offset, length);
            if (overwrites) {
                written.merge(name(), (int) end, Math::max);
            }
        }

        @Override
        public void force() throws IOException {
            try {
                before(Operation.FORCE, name());
            } catch (IOException e) {
                forget(file, 0, Integer.MAX_VALUE);
                throw e;
            }
            if (synced) {
                file.force();
            }
        }

        @Override
        public MappedRegion map(long length, boolean writable) throws IOException {
            before(Operation.MAP, name());
            forced.put(name(), (int) file.length());
            if (writable) {
                written.put(name(), (int) file.length());
            }
            return new FaultyRegion(name(), file.map(length, writable));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private final class FaultyRegion implements MappedRegion {
        private final String name;
        private final MappedRegion region;

        FaultyRegion(String name, MappedRegion region) {
            this.name = name;
            this.region = region;
        }

        @Override
        public int length() {
            return region.length();
        }

        @Override
        public void get(int position, byte[] target, int offset, int length) {
            beforeGet();
            region.get(position, target, offset, length);
        }

        @Override
        public byte get(int position) {
            beforeGet();
            return region.get(position);
        }

        private void beforeGet() {
            try {
                before(Operation.MAPPED_GET, name);
            } catch (IOException e) {
                throw new InternalError("a fault in a recent unsafe memory access operation", e);
            }
        }

        @Override
        public void put(int position, byte[] source, int offset, int length) throws IOException {
            try {
                before(Operation.MAPPED_PUT, name);
            } catch (ShortWriteException e) {
                region.put(position, source, offset, length / 2);
                throw e;
            }
            region.put(position, source, offset, length);
            written.put(name, position + length);
        }

        @Override
        public void force(int position, int length) throws IOException {
            try {
                before(Operation.MAPPED_FORCE, name);
            } catch (IOException e) {
                forget(region, position, length);
                throw e;
            }
            if (synced) {
                region.force(position, length);
            }
            forced.put(name, position + length);
        }
    }
}
