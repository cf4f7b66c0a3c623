package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A directory held for reading, together with others that read. Writes nothing, not even its process id. All holders in
 * this process share one lock of the operating system, which would otherwise go with the first of them (see
 * {@link DiskDirectoryLock}). Where there is no lock file, as in a copy, there is nothing to lock.
 */
final class SharedDirectoryLock implements DirectoryLock {
    /** What the mark of a directory says that is held for reading. */
    static final String READERS = "readers";

    /**
     * The locks of this process by name of their mark: the operating system knows processes only. Guarded by itself.
     */
    private static final Map<String, Held> HELD = new HashMap<>();

    private final ProcessMark mark;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SharedDirectoryLock(ProcessMark mark) {
        this.mark = mark;
    }

    /** A lock of the operating system, and how many share it. */
    private static final class Held {
        final ProcessMark mark;
        final @Nullable FileChannel channel;
        int holders = 1;

        Held(ProcessMark mark, @Nullable FileChannel channel) {
            this.mark = mark;
            this.channel = channel;
        }
    }

    static SharedDirectoryLock acquire(Path path, String name) throws IOException {
        ProcessMark mark = ProcessMark.of(path);
        synchronized (HELD) {
            Held held = HELD.get(mark.name());
            if (held != null) {
                held.holders++;
                return new SharedDirectoryLock(held.mark);
            }
            Object other = mark.set(READERS);
            if (other != null) {
                String holder = READERS.equals(other)
                        ? "of this process, by another copy of kvstore"
                        : other + " (this process)";
                throw DiskDirectoryLock.locked(path, holder, null);
            }
            try (Undo undo = new Undo(mark::clear)) {
                HELD.put(mark.name(), Uninterrupted.call(() -> new Held(mark, lock(path, name))));
                undo.keep();
                return new SharedDirectoryLock(mark);
            }
        }
    }

    private static @Nullable FileChannel lock(Path path, String name) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path.resolve(name), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null;
        }
        try (Undo undo = new Undo(channel::close)) {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
            if (lock == null) {
                throw DiskDirectoryLock.locked(path, DiskDirectoryLock.readHolder(channel), null);
            }
            undo.keep();
            return channel;
        } catch (OverlappingFileLockException e) {
            throw DiskDirectoryLock.locked(path, "of this process, by other means than kvstore", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        synchronized (HELD) {
            Held held = HELD.get(mark.name());
            if (held == null || --held.holders > 0) {
                return;
            }
            HELD.remove(mark.name());
            try {
                if (held.channel != null) {
                    held.channel.close();
                }
            } finally {
                mark.clear();
            }
        }
    }
}
