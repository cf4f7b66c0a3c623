package io.kvstore.internal.engine;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.ReadOnlyDirectory;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a store and the small files in it that say what it is: the store file, the clean mark, the lock.
 * Owns the lock.
 */
final class StoreHome implements AutoCloseable {
    /** What the making of a store that was cut off by a crash may have left. */
    private static final Set<String> LEFT_BY_CREATION =
            Set.of(FileNames.LOCK, FileNames.STORE_UNFINISHED, FileNames.segment(1), FileNames.MANIFEST);

    private final StoreDirectory directory;
    private final DirectoryLock lock;
    private final StoreFileLayout store;

    private StoreHome(StoreDirectory directory, DirectoryLock lock, StoreFileLayout store) {
        this.directory = directory;
        this.lock = lock;
        this.store = store;
    }

    /** Makes the directory if it is absent and may be made; touches nothing of one that holds something else. */
    static StoreDirectory directory(Path path, KVOptions options) throws IOException {
        boolean exists = Files.exists(path);
        if (!exists && (options.readOnly() || !options.createIfMissing())) {
            throw notFound(path, options.readOnly());
        }
        if (exists && !Files.isDirectory(path)) {
            throw notDirectory(path.toString(), null);
        }
        if (!options.readOnly() && !Files.exists(path.resolve(FileNames.STORE))) {
            createDurably(path);
        }
        return options.readOnly() ? new ReadOnlyDirectory(path) : new DiskDirectory(path);
    }

    private static void createDurably(Path path) throws IOException {
        try {
            DiskDirectory.createDurably(path);
        } catch (NotDirectoryException e) {
            throw notDirectory(e.getFile(), e);
        }
    }

    private static KVException notDirectory(String path, @Nullable Throwable cause) {
        return new KVException(
                KVErrorCode.NOT_A_STORE, path + " is not a directory: a store needs a directory of its own", cause);
    }

    /** Locks a directory together with others that only read, and reads its store file. Changes nothing. */
    static StoreHome openReadOnly(StoreDirectory directory) throws IOException {
        if (!requireStoreOrNothing(directory)) {
            throw notFound(directory.path(), true);
        }
        DirectoryLock lock = directory.lock(FileNames.LOCK);
        try (Undo undo = new Undo(lock::close)) {
            StoreHome home = new StoreHome(directory, lock, readStoreFile(directory));
            undo.keep();
            return home;
        }
    }

    /** Locks a directory, and reads or makes its store file. */
    static StoreHome open(StoreDirectory directory, KVOptions options, int segmentSize) throws IOException {
        boolean exists = requireStoreOrNothing(directory);
        if (!exists && !options.createIfMissing()) {
            throw notFound(directory.path(), false);
        }
        DirectoryLock lock = directory.lock(FileNames.LOCK);
        try (Undo undo = new Undo(lock::close)) {
            // Looked at again: another process may have made the store before the lock was ours.
            StoreFileLayout store =
                    requireStoreOrNothing(directory) ? readStoreFile(directory) : create(directory, segmentSize);
            directory.delete(FileNames.CLEAN_MARK_UNFINISHED);
            directory.delete(FileNames.MANIFEST_UNFINISHED);
            undo.keep();
            return new StoreHome(directory, lock, store);
        }
    }

    StoreDirectory directory() {
        return directory;
    }

    StoreFileLayout store() {
        return store;
    }

    /** Makes a directory for a backup if it is absent; refuses one that holds anything. */
    static void requireEmpty(Path path) throws IOException {
        createDurably(path);
        for (String name : new DiskDirectory(path).list()) {
            throw notEmpty(path, name);
        }
    }

    static KVException notEmpty(Path path, String name) {
        return new KVException(
                KVErrorCode.NOT_EMPTY,
                "directory " + path + " holds " + name + ": give a directory that is absent or empty");
    }

    private static KVException notFound(Path path, boolean readOnly) {
        return new KVException(
                KVErrorCode.STORE_NOT_FOUND,
                "no store at " + path + ": check the path, or "
                        + (readOnly
                                ? "open it without the option readOnly, with which none is made"
                                : "set the option createIfMissing to make one"));
    }

    /** Whether a store is there; false if nothing is, or only what an unfinished making left. */
    private static boolean requireStoreOrNothing(StoreDirectory directory) throws IOException {
        List<String> names = directory.list();
        if (names.contains(FileNames.STORE)) {
            return true;
        }
        boolean segments =
                names.stream().anyMatch(name -> FileNames.segmentNumber(name).isPresent());
        if (names.contains(FileNames.STORE_OF_BACKUP)) {
            throw new KVException(
                    KVErrorCode.NOT_A_STORE,
                    directory.path()
                            + " holds a backup that was not completed: delete it, and back the store up again");
        }
        boolean unfinished = names.contains(FileNames.STORE_UNFINISHED);
        if (segments && !unfinished && (names.contains(FileNames.LOCK) || names.contains(FileNames.CLEAN_MARK))) {
            throw new KVCorruptionException(
                    directory.path().resolve(FileNames.STORE)
                            + ", offset 0: the file is missing, though there are segments: restore it from a backup of"
                            + " this store",
                    null);
        }
        for (String name : names) {
            boolean left = LEFT_BY_CREATION.contains(name) && (unfinished || name.equals(FileNames.LOCK));
            if (!left) {
                throw new KVException(
                        KVErrorCode.NOT_A_STORE,
                        "directory " + directory.path() + " is no store and holds other things, such as " + name
                                + ": give the store a directory of its own");
            }
        }
        return false;
    }

    /**
     * Makes a store.
     *
     * <p>Crash story: before the rename there is no store, and the next open begins again; after it there is one,
     * whole.
     */
    private static StoreFileLayout create(StoreDirectory directory, int segmentSize) throws IOException {
        // Durably, and first: segment 1 without the unfinished store file would be taken for damage.
        directory.delete(FileNames.segment(1));
        directory.sync();
        SecureRandom random = new SecureRandom();
        StoreFileLayout store = new StoreFileLayout(
                UUID.randomUUID(), random.nextLong(), random.nextLong(), System.currentTimeMillis());
        writeNew(directory, FileNames.STORE_UNFINISHED, store.encode());
        directory.sync();
        new SegmentFiles(directory, store, 1).create(1, 0, segmentSize).closeFile();
        writeNew(directory, FileNames.MANIFEST, ManifestLayout.initial(1).encode(store.storeId()));
        directory.sync();
        directory.rename(FileNames.STORE_UNFINISHED, FileNames.STORE);
        directory.sync();
        return store;
    }

    private static void writeNew(StoreDirectory directory, String name, byte[] content) throws IOException {
        try (StoreFile file = directory.create(name)) {
            file.write(0, content, 0, content.length);
            file.force();
        }
    }

    static StoreFileLayout readStoreFile(StoreDirectory directory) throws IOException {
        try (StoreFile file = directory.open(FileNames.STORE)) {
            byte[] block = new byte[StoreFileLayout.SIZE];
            int length = file.read(0, block, 0, block.length);
            return StoreFileLayout.decode(path(directory, FileNames.STORE), block, length);
        }
    }

    /** The clean mark, or null if the store was not closed cleanly. */
    @Nullable
    CleanMarkLayout readCleanMark() throws IOException {
        return readCleanMark(directory, store);
    }

    static @Nullable CleanMarkLayout readCleanMark(StoreDirectory directory, StoreFileLayout store) throws IOException {
        if (!directory.list().contains(FileNames.CLEAN_MARK)) {
            return null;
        }
        try (StoreFile file = directory.open(FileNames.CLEAN_MARK)) {
            byte[] block = new byte[CleanMarkLayout.SIZE];
            int length = file.read(0, block, 0, block.length);
            return CleanMarkLayout.decode(path(directory, FileNames.CLEAN_MARK), block, length, store.storeId());
        }
    }

    /**
     * Takes the clean mark away, before anything is changed in the log.
     *
     * <p>Crash story: without it the log, all of it on stable storage, is read as after a crash.
     */
    void removeCleanMark() throws IOException {
        directory.delete(FileNames.CLEAN_MARK);
        directory.sync();
    }

    /**
     * Leaves a clean mark, after everything else of a close is done.
     *
     * <p>Crash story: until the rename is durable there is no mark, and the log is read as after a crash. The directory
     * is synced before as well, so that no mark is there before what the close removed is gone.
     */
    void writeCleanMark(CleanMarkLayout mark) throws IOException {
        directory.sync();
        writeNew(directory, FileNames.CLEAN_MARK_UNFINISHED, mark.encode(store.storeId()));
        directory.rename(FileNames.CLEAN_MARK_UNFINISHED, FileNames.CLEAN_MARK);
        directory.sync();
    }

    private static String path(StoreDirectory directory, String name) {
        return directory.path().resolve(name).toString();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
