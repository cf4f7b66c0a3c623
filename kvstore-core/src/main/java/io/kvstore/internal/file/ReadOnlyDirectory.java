package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory of the real file system in which nothing is changed: it may be on media that cannot be written. Files are
 * opened for reading, and all else fails.
 */
public final class ReadOnlyDirectory implements StoreDirectory {
    private final DiskDirectory disk;

    /**
     * A view of a directory that exists.
     *
     * @param path its path
     */
    public ReadOnlyDirectory(Path path) {
        disk = new DiskDirectory(path);
    }

    @Override
    public Path path() {
        return disk.path();
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public StoreFile open(String name) throws IOException {
        return disk.openForReading(name);
    }

    @Override
    public StoreFile create(String name) throws IOException {
        throw refused("make", name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        throw refused("rename", from);
    }

    @Override
    public void delete(String name) throws IOException {
        throw refused("delete", name);
    }

    @Override
    public void deleteAndFree(String name) throws IOException {
        throw refused("delete", name);
    }

    @Override
    public void sync() throws IOException {
        throw refused("sync", ".");
    }

    private IOException refused(String what, String name) {
        return new IOException("cannot " + what + " " + path().resolve(name) + ": the directory was opened read-only");
    }

    /** Shared with all others that only read. */
    @Override
    public DirectoryLock lock(String name) throws IOException {
        return SharedDirectoryLock.acquire(path(), name);
    }
}
