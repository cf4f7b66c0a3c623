package io.kvstore.internal.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory of the real file system. */
public final class DiskDirectory implements StoreDirectory {
    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private static final Logger LOG = LoggerFactory.getLogger(DiskDirectory.class);

    private final Path path;

    /**
     * A view of a directory that exists.
     *
     * @param path its path
     */
    public DiskDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes a directory and the missing ones above it, durably. The name of one that is there is made durable too: who
     * has made it may not have done that, or have died before.
     *
     * @param directory what to make
     * @throws NotDirectoryException if one of them is there, and is something else
     * @throws IOException if that fails
     */
    public static void createDurably(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (Files.isDirectory(absolute)) {
            syncNameOf(absolute, parent);
            return;
        }
        if (Files.exists(absolute)) {
            throw new NotDirectoryException(absolute.toString());
        }
        if (parent != null) {
            createDurably(parent);
        }
        if (!createNew(absolute) && !Files.isDirectory(absolute)) {
            // A link to nowhere, or a file that came in between.
            throw new NotDirectoryException(absolute.toString());
        }
        if (parent != null) {
            syncDirectory(parent);
        }
    }

    private static void syncNameOf(Path directory, @Nullable Path parent) throws IOException {
        // The name of a file system's root is not on a disk, or on another one.
        if (parent == null || !Files.getFileStore(directory).equals(Files.getFileStore(parent))) {
            return;
        }
        try {
            syncDirectory(parent);
        } catch (AccessDeniedException e) {
            // It cannot be opened by this user, who so has not made the directory.
            LOG.debug("the name of {} is as durable as who made it has left it", directory, e);
        }
    }

    /**
     * Whether a path is a directory.
     *
     * @param directory a path
     * @return false if it is something else, or absent
     */
    public static boolean isDirectory(Path directory) {
        return Files.isDirectory(directory);
    }

    /**
     * Whether two paths lead to the same place.
     *
     * @param path that may be absent
     * @param other that may be absent
     * @return false if one of them is absent
     * @throws IOException if one cannot be looked at
     */
    public static boolean isSame(Path path, Path other) throws IOException {
        return Files.exists(path) && Files.exists(other) && Files.isSameFile(path, other);
    }

    /**
     * Makes a directory that is not there yet.
     *
     * @param directory whose parent exists
     * @return false if something is there already
     * @throws IOException if it cannot be made
     */
    public static boolean createNew(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot make the directory", directory, 0);
        }
    }

    /**
     * Moves a directory to where an empty one is, durably and at once.
     *
     * @param directory whose files are durable
     * @param empty what is in its place, on the same file system
     * @throws IOException if that fails
     */
    public static void moveOverEmpty(Path directory, Path empty) throws IOException {
        move(directory, empty, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path parent = empty.toAbsolutePath().getParent();
        if (parent != null) {
            syncDirectory(parent);
        }
    }

    /**
     * Removes a directory with the files in it, if it exists.
     *
     * @param directory that holds no other directory
     * @throws IOException if that fails
     */
    public static void deleteWithFiles(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            DiskDirectory left = new DiskDirectory(directory);
            for (String name : left.list()) {
                left.delete(name);
            }
            delete(directory);
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> entries = Files.list(path)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public StoreFile create(String name) throws IOException {
        StoreFile file = newFile(name, true);
        try (Undo undo = new Undo(file::close)) {
            file.setLength(0);
            undo.keep();
            return file;
        }
    }

    @Override
    public StoreFile open(String name) throws IOException {
        return openExisting(name, true);
    }

    StoreFile openForReading(String name) throws IOException {
        return openExisting(name, false);
    }

    private StoreFile openExisting(String name, boolean writable) throws IOException {
        Path file = path.resolve(name);
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return newFile(name, writable);
    }

    private StoreFile newFile(String name, boolean writable) throws IOException {
        Path file = path.resolve(name);
        try {
            return new DiskFile(file, writable);
        } catch (FileNotFoundException e) {
            throw DiskErrors.translate(e, "cannot open", file, 0);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        move(path.resolve(from), path.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    /** A new name may need a block more for the directory, which a full file system does not have. */
    private static void move(Path from, Path to, CopyOption... options) throws IOException {
        try {
            Files.move(from, to, options);
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot rename " + from + " to", to, 0);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        delete(path.resolve(name));
    }

    /** File systems that copy on write may need room to delete. */
    private static void delete(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot delete", file, 0);
        }
    }

    @Override
    public void deleteAndFree(String name) throws IOException {
        Path file = path.resolve(name);
        if (Files.exists(file) && links(file) == 1) {
            // Deleting alone frees nothing until the garbage collector unmaps the file.
            try (StoreFile emptied = newFile(name, true)) {
                emptied.setLength(0);
            }
        }
        delete(file);
    }

    /** How many names a file has; 0 where the system cannot tell. */
    private static int links(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:nlink") instanceof Integer n ? n : 0;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // Not a POSIX system: its mapped files cannot be cut, and links cannot be counted.
            return 0;
        }
    }

    @Override
    public boolean linkInto(Path other, String name) throws IOException {
        try {
            Files.createLink(other.resolve(name), path.resolve(name));
            return true;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Another file system, or one without links, or with no more of them. What else is wrong, a copy will tell.
            return false;
        }
    }

    @Override
    public boolean isLinked(String name) throws IOException {
        return links(path.resolve(name)) > 1;
    }

    @Override
    public void sync() throws IOException {
        syncDirectory(path);
    }

    @Override
    public DirectoryLock lock(String name) throws IOException {
        return DiskDirectoryLock.acquire(path, name);
    }

    private static void syncDirectory(Path directory) throws IOException {
        if (WINDOWS) {
            // A directory cannot be opened there; NTFS logs changes of names in order by itself.
            return;
        }
        try {
            Uninterrupted.call(() -> {
                try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                    channel.force(true);
                }
                return directory;
            });
        } catch (IOException e) {
            throw DiskErrors.translate(e, "cannot sync the directory", directory, 0);
        }
    }
}
