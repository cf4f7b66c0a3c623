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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A lock file, locked through the operating system, so that it is free when its process is gone, however it went. The
 * file holds the process id of its last holder.
 *
 * <p>POSIX gives up a process's locks on a file when the process closes <em>any</em> descriptor of it, so a second open
 * in this process, be it by another class loader's copy of this class, must be refused before it touches the lock file:
 * by a {@link ProcessMark}.
 */
final class DiskDirectoryLock implements DirectoryLock {
    private static final int PID_WIDTH = 20;

    private final ProcessMark mark;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DiskDirectoryLock(ProcessMark mark, FileChannel channel) {
        this.mark = mark;
        this.channel = channel;
    }

    static DiskDirectoryLock acquire(Path path, String name) throws IOException {
        ProcessMark mark = ProcessMark.of(path);
        String pid = Long.toString(ProcessHandle.current().pid());
        Object holder = mark.set(pid);
        if (holder != null) {
            String reading =
                    SharedDirectoryLock.READERS.equals(holder) ? " (this process, read-only)" : " (this process)";
            throw locked(path, pid + reading, null);
        }
        try (Undo undo = new Undo(mark::clear)) {
            FileChannel channel = Uninterrupted.call(() -> lockAndSign(path, name, pid));
            undo.keep();
            return new DiskDirectoryLock(mark, channel);
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot lock", path.resolve(name), PID_WIDTH);
        }
    }

    private static FileChannel lockAndSign(Path path, String name, String pid) throws IOException {
        FileChannel channel = FileChannel.open(
                path.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (Undo undo = new Undo(channel::close)) {
            FileLock lock = tryLock(channel, path);
            if (lock == null) {
                String holder = isHeldByReaders(channel)
                        ? LockHolders.of(path.resolve(name)) + " (read-only)"
                        : readHolder(channel);
                throw locked(path, holder, null);
            }
            // Never cut, so that who is refused meanwhile reads one process id or the other.
            String line = pid + " ".repeat(PID_WIDTH - pid.length()) + "\n";
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)), 0);
            undo.keep();
            return channel;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, Path path) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Not ours: the mark would have told.
            throw locked(path, "of this process, by other means than kvstore", e);
        }
    }

    /** Readers leave no process id in the file: they write nothing. */
    private static boolean isHeldByReaders(FileChannel channel) throws IOException {
        try (FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared != null;
        }
    }

    static String readHolder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        channel.read(bytes, 0);
        String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).trim();
        return pid.matches("[0-9]{1,19}") ? pid : LockHolders.UNKNOWN;
    }

    static KVLockedException locked(Path path, String holder, @Nullable Throwable cause) {
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
                mark.clear();
            }
        }
    }
}
