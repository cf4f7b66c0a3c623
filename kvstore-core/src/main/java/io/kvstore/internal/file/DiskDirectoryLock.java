package io.kvstore.internal.file;

import io.kvstore.KVLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A lock file, locked through the operating system, so that it is free when its process is gone, however it went. The
 * file holds the process id of its last holder.
 *
 * <p>{@link #HELD} is static state on purpose. POSIX gives up a process's locks on a file when the process closes
 * <em>any</em> descriptor of it, so a second open in this process must be refused before it touches the lock file.
 */
final class DiskDirectoryLock implements DirectoryLock {
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DiskDirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    static DiskDirectoryLock acquire(Path path, String name) throws IOException {
        Path directory = path.toRealPath();
        if (!HELD.add(directory)) {
            throw locked(path, ProcessHandle.current().pid() + " (this process)", null);
        }
        boolean acquired = false;
        try {
            FileChannel channel = Uninterrupted.call(() -> lockAndSign(path, name));
            acquired = true;
            return new DiskDirectoryLock(directory, channel);
        } finally {
            if (!acquired) {
                HELD.remove(directory);
            }
        }
    }

    private static FileChannel lockAndSign(Path path, String name) throws IOException {
        FileChannel channel = FileChannel.open(
                path.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean acquired = false;
        try {
            FileLock lock = tryLock(channel, path);
            if (lock == null) {
                throw locked(path, readHolder(channel), null);
            }
            channel.truncate(0);
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid), 0);
            acquired = true;
            return channel;
        } finally {
            if (!acquired) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, Path path) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another copy of this class, in another class loader of this process, holds it.
            throw locked(path, ProcessHandle.current().pid() + " (this process, another class loader)", e);
        }
    }

    private static String readHolder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        channel.read(bytes, 0);
        String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).trim();
        return pid.matches("[0-9]{1,19}") ? pid : "of unknown id";
    }

    private static KVLockedException locked(Path path, String holder, @Nullable Throwable cause) {
        return new KVLockedException(
                "store " + path + " is open already, in process " + holder
                        + ": close it there, or use that process's store",
                cause);
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            try {
                channel.close();
            } finally {
                HELD.remove(directory);
            }
        }
    }
}
