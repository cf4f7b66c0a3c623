package io.kvstore.internal.file;

import io.kvstore.KVLockedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory: gone when nobody refers to it. Its files take memory for what is written to them, in chunks of
 * 64 KiB, and give it back when they are cut or deleted. Where there is none left, writing fails as on a full disk.
 */
public final class MemoryDirectory implements StoreDirectory {
    private final Path path;
    private final MemorySpace space;
    private final AtomicBoolean locked = new AtomicBoolean();

    /** Guarded by itself. */
    private final Map<String, MemoryContent> files = new HashMap<>();

    /**
     * An empty directory, bounded by the heap alone.
     *
     * @param path what messages call it
     */
    public MemoryDirectory(Path path) {
        this(path, Long.MAX_VALUE);
    }

    /**
     * An empty directory.
     *
     * @param path what messages call it
     * @param capacityBytes that its files may take together
     */
    public MemoryDirectory(Path path, long capacityBytes) {
        this.path = path;
        this.space = new MemorySpace(capacityBytes);
    }

    /**
     * The memory that its files take.
     *
     * @return bytes
     */
    public long usedBytes() {
        return space.usedBytes();
    }

    /**
     * Empties all files, which frees their memory at once, though others may still refer to them; the names stay. No
     * reader may be in them.
     */
    public void free() {
        synchronized (files) {
            files.values().forEach(content -> content.setLength(0));
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<String> list() {
        synchronized (files) {
            return List.copyOf(files.keySet());
        }
    }

    @Override
    public StoreFile create(String name) {
        synchronized (files) {
            MemoryContent content = files.computeIfAbsent(name, absent -> new MemoryContent(space));
            content.setLength(0);
            return new MemoryFile(name, content);
        }
    }

    @Override
    public StoreFile open(String name) throws IOException {
        synchronized (files) {
            return new MemoryFile(name, existing(name));
        }
    }

    private MemoryContent existing(String name) throws IOException {
        MemoryContent content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(path.resolve(name).toString());
        }
        return content;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        synchronized (files) {
            MemoryContent content = existing(from);
            if (!from.equals(to)) {
                unlink(files.put(to, content));
                files.remove(from);
            }
        }
    }

    @Override
    public void delete(String name) {
        synchronized (files) {
            unlink(files.remove(name));
        }
    }

    private static void unlink(@Nullable MemoryContent content) {
        if (content != null) {
            content.unlink();
        }
    }

    @Override
    public void deleteAndFree(String name) {
        synchronized (files) {
            MemoryContent content = files.remove(name);
            if (content != null) {
                content.setLength(0);
            }
        }
    }

    @Override
    public boolean isKept() {
        return false;
    }

    @Override
    public void sync() {}

    @Override
    public DirectoryLock lock(String name) {
        if (!locked.compareAndSet(false, true)) {
            throw new KVLockedException(
                    "store " + path + " is open already, in process "
                            + ProcessHandle.current().pid() + " (this process): close it there",
                    null);
        }
        create(name);
        AtomicBoolean held = new AtomicBoolean(true);
        return () -> {
            if (held.compareAndSet(true, false)) {
                locked.set(false);
            }
        };
    }
}
