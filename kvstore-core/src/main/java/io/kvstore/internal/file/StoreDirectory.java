package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory of one store, and the only way of the engine to touch files. Names are plain file names inside it. What
 * a method does to names is durable only after {@link #sync()}; what is written to a file, only after its force.
 *
 * <p>Any thread may call it, interrupted ones too: an interrupt neither fails an operation nor is it lost.
 */
public interface StoreDirectory {
    /**
     * Where the directory is, for messages.
     *
     * @return its path
     */
    Path path();

    /**
     * The names of all entries.
     *
     * @return a snapshot in no particular order
     * @throws IOException if the directory cannot be read
     */
    List<String> list() throws IOException;

    /**
     * Makes an empty file. One that is there already is emptied, and keeps its name at every moment.
     *
     * @param name its name; no reader may be in a mapping of the file
     * @return the file, open for reading and writing; the caller closes it
     * @throws IOException if the file cannot be made
     */
    StoreFile create(String name) throws IOException;

    /**
     * Opens a file that exists.
     *
     * @param name its name
     * @return the file, open for reading and writing; the caller closes it
     * @throws IOException if it is absent or cannot be opened
     */
    StoreFile open(String name) throws IOException;

    /**
     * Renames a file atomically, in place of any that has the new name.
     *
     * @param from its name
     * @param to its new name
     * @throws IOException if that fails; then nothing has changed
     */
    void rename(String from, String to) throws IOException;

    /**
     * Removes a file if it exists.
     *
     * @param name its name
     * @throws IOException if it cannot be removed
     */
    void delete(String name) throws IOException;

    /**
     * Removes a file if it exists, and frees its blocks at once, though it may still be mapped. A file that has another
     * name elsewhere, such as in a backup, keeps its contents there.
     *
     * @param name its name; no reader may be in a mapping of the file
     * @throws IOException if it cannot be removed
     */
    void deleteAndFree(String name) throws IOException;

    /**
     * Gives a file a second name in another directory of the real file system.
     *
     * @param other where; it has no file of the name
     * @param name of the file, here and there; it is never written again
     * @return false if that cannot be done, say because the directories are on different file systems
     * @throws IOException if it fails otherwise
     */
    default boolean linkInto(Path other, String name) throws IOException {
        return false;
    }

    /**
     * Whether a file has another name elsewhere, such as in a backup: then it must not be cut.
     *
     * @param name of a file that exists
     * @return false if it has not, or the system cannot tell
     * @throws IOException if the file cannot be looked at
     */
    default boolean isLinked(String name) throws IOException {
        return false;
    }

    /**
     * Whether the files are there for another open, once a store in them is closed.
     *
     * @return false for files in memory
     */
    default boolean isKept() {
        return true;
    }

    /**
     * Makes creations, renames and deletions durable.
     *
     * @throws IOException if the operating system reports that it could not
     */
    void sync() throws IOException;

    /**
     * Takes the directory for this store alone, against other processes and against this one.
     *
     * @param name the lock file, made if it is absent
     * @return the lock, held until it is closed
     * @throws io.kvstore.KVLockedException if another holds it, naming its process id
     * @throws IOException if the lock file cannot be used
     */
    DirectoryLock lock(String name) throws IOException;
}
