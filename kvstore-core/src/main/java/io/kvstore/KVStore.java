package io.kvstore;

import io.kvstore.internal.engine.Drivers;
import io.kvstore.internal.engine.FileStore;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open store: a directory of segment files with an index in memory. It is itself its default bucket; further buckets
 * come by {@link #bucket}.
 *
 * <pre>{@code
 * try (KVStore store = KVStore.open(Path.of("data/orders"))) {
 *     store.put(key, value);
 *     byte[] v = store.get(key);
 * }
 * }</pre>
 *
 * <p>All methods may be called by any number of threads. One process at a time may have a directory open, or any number
 * of them for reading only ({@link KVOptions#readOnly()}).
 */
public interface KVStore extends KVBucket, AutoCloseable {
    /**
     * Opens the store in a directory with the default options; makes the directory and the store if they are absent.
     *
     * @param directory absent, empty, or a store (then what else is in it is left alone)
     * @return the open store; close it
     * @throws KVException as {@link #open(Path, KVOptions)}
     */
    static KVStore open(Path directory) {
        return open(directory, KVOptions.defaults());
    }

    /**
     * Opens the store in a directory. Reads the hint files to rebuild the index: some 24 bytes a key. Segments without
     * a good one, such as the last, are read whole.
     *
     * @param directory absent, empty, or a store (then what else is in it is left alone)
     * @param options how to open it
     * @return the open store; close it
     * @throws KVLockedException if it is open already, in this process or another
     * @throws KVCorruptionException if a file of the store is damaged
     * @throws KVException with code {@link KVErrorCode#NOT_A_STORE} if the path holds something else, which is left
     *     untouched; {@link KVErrorCode#STORE_NOT_FOUND} if it is absent and may not be made;
     *     {@link KVErrorCode#UNSUPPORTED_FORMAT} if another version wrote it; {@link KVErrorCode#IO_ERROR}
     */
    static KVStore open(Path directory, KVOptions options) {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(options, "options");
        return FileStore.open(directory, options);
    }

    /**
     * Opens the store that a URL names; see {@link #open(String, Properties)}.
     *
     * @param url such as {@code kvstore:file:data/orders?durability=sync}
     * @return the open store; close it
     * @throws KVException as {@link #open(String, Properties)}
     */
    static KVStore open(String url) {
        return open(url, new Properties());
    }

    /**
     * Opens the store that a URL names.
     *
     * <ul>
     *   <li>{@code kvstore:file:PATH} is the store in a directory, as {@link #open(Path, KVOptions)} opens it.
     *   <li>{@code kvstore:mem:NAME} is a store in memory, with the same contract, gone when it is closed. All that
     *       open one name in this process have one store, as long as one of them has it open; each has a handle of its
     *       own to close. The options of the first open count for all, but for {@code readOnly}, which each handle has
     *       for itself. No time is spent on syncs.
     *   <li>Other modules and jars can add others: see {@link io.kvstore.spi.KVDriver}. They are looked for by the
     *       context class loader of the thread, and by that of this class.
     * </ul>
     *
     * <p>Options follow as {@code ?name=value&name=value}, named as in {@link KVOptions.Builder}, with values as
     * {@link KVOptions.Builder#set(String, String)} takes them, percent-encoded where they must be. Path or name run
     * literally up to the first question mark. Properties win over the URL.
     *
     * @param url where the store is
     * @param properties options as text
     * @return the open store; close it
     * @throws KVException with code {@link KVErrorCode#INVALID_URL} if it is no URL that any driver accepts;
     *     {@link KVErrorCode#INVALID_OPTION} if there is no such option, or its value cannot be read or is outside its
     *     range; otherwise as {@link #open(Path, KVOptions)}
     */
    static KVStore open(String url, Properties properties) {
        Objects.requireNonNull(properties, "properties");
        return Drivers.open(url, properties);
    }

    /**
     * Saves what is intact in a damaged store into a new one, and tells exactly what could not be saved. The damaged
     * store is not touched, and must not be open for writing. Takes every record whose checksum is right, and of each
     * key the newest; a value that is lost may uncover the one before it, or the deletion of a key be lost with its
     * tombstone. Where the manifest is lost too, what was deleted shortly before the damage may come back. Reads all
     * segments once; takes some 30 bytes a key.
     *
     * @param damaged directory of the damaged store
     * @param target directory for the new one: absent or empty, with room for it; its parent gets a directory of the
     *     same name and {@code .repairing} meanwhile
     * @return what was saved, and the damaged places
     * @throws KVLockedException if the damaged store is open for writing
     * @throws KVCorruptionException if the store file is damaged, without which no record can be checked
     * @throws KVException with code {@link KVErrorCode#STORE_NOT_FOUND} or {@link KVErrorCode#NOT_EMPTY}, or if a file
     *     cannot be read or written; then nothing is left of the new store
     */
    static KVRepairReport repair(Path damaged, Path target) {
        Objects.requireNonNull(damaged, "damaged");
        Objects.requireNonNull(target, "target");
        return FileStore.repair(damaged, target);
    }

    /**
     * A handle on a named bucket. Writes nothing: the bucket exists from its first write on, and a handle stays good
     * when its bucket is dropped and made again.
     *
     * @param name 1 to 255 bytes of UTF-8
     * @return the handle, for any number of threads
     * @throws KVException with code {@link KVErrorCode#INVALID_BUCKET_NAME}
     */
    KVBucket bucket(String name);

    /**
     * The named buckets that exist: those written to and not dropped since. The default bucket is not among them.
     *
     * @return an immutable snapshot, sorted
     */
    Set<String> bucketNames();

    /**
     * Removes a bucket and all its entries at once; atomic, and durable as a write is. Its name may be used again: the
     * bucket is then as good as new.
     *
     * @param name 1 to 255 bytes of UTF-8
     * @return true if the bucket existed
     * @throws KVException with code {@link KVErrorCode#INVALID_BUCKET_NAME}
     */
    boolean dropBucket(String name);

    /**
     * Makes an empty batch: writes that are done together, over any buckets of this store.
     *
     * @return the batch; close it
     */
    KVBatch batch();

    /**
     * Begins a transaction. Costs next to nothing; while any transaction is open, each write of others costs a few
     * nanoseconds more.
     *
     * @return the transaction; close it
     */
    KVTransaction begin();

    /**
     * Runs some work in a transaction and commits it; after a {@link KVConflictException} tries again in a new one, up
     * to 100 times in all, waiting a little longer each time (at random, up to 20 milliseconds). Nobody gets
     * precedence: work that is long, on keys that others change all the time, may fail in the end.
     *
     * @param work reads and writes through the transaction that it is given (what goes through this store takes no part
     *     in it); runs once for each try, so that it should have no other effects
     * @param <T> type of the result
     * @param <E> type of the checked exceptions that the work throws
     * @return what the work has returned in the try that was committed
     * @throws KVConflictException of the last try
     * @throws E if the work throws it; nothing was written
     */
    <T extends @Nullable Object, E extends Exception> T transact(KVWork<T, E> work) throws E;

    /**
     * Waits until everything acknowledged so far is on stable storage. Concurrent callers share one fsync. To call it
     * after each write costs more, milliseconds, than to open the store with {@link Durability#SYNC}, which is made for
     * that.
     *
     * @throws KVException with code {@link KVErrorCode#SYNC_FAILED} if the operating system could not write it; the
     *     store refuses writes from then on
     */
    void sync();

    /**
     * Merges all garbage there is now, and waits for it: overwritten, deleted and expired values lose their space, and
     * tombstones that nothing needs any more go with them. Readers and writers go on meanwhile. Needs room for a
     * segment, or for a thirty-second of the store up to 64 MiB if that is more; copies everything that shares a
     * segment with garbage. Without {@link KVOptions#autoMerge()} this is the only way to get space back.
     *
     * @throws KVClosedException if the store is closed meanwhile
     * @throws KVNoSpaceException if there is no room for the copies
     * @throws KVCorruptionException if a segment is damaged: it is left alone, and all others are merged
     * @throws KVException with code {@link KVErrorCode#READ_ONLY} on a read-only store, or if it failed otherwise;
     *     nothing is lost, and what was merged until then stays so
     */
    void merge();

    /**
     * Makes a backup with the default options.
     *
     * @param directory absent or empty
     * @return what was done
     * @throws KVException as {@link #backup(Path, KVBackupOptions)}
     */
    default KVBackupProgress backup(Path directory) {
        return backup(directory, KVBackupOptions.defaults());
    }

    /**
     * Copies the store as it is at one moment into a directory, while everybody goes on reading and writing: opened, it
     * is that store, closed cleanly at that moment. Sealed segments become hard links where the file system can do
     * that, the rest is copied; all of it where the store was opened for reading only, since a link is a write. Nothing
     * that the store does later touches the backup, nor the other way round. The space of what merges remove meanwhile
     * comes back when the backup is complete. On stable storage when this returns; if it throws, nothing is left that
     * could be opened.
     *
     * @param directory absent or empty
     * @param options how to make it
     * @return what was done
     * @throws KVException with code {@link KVErrorCode#NOT_EMPTY} or {@link KVErrorCode#NOT_A_STORE} if the directory
     *     is neither absent nor empty, or no directory
     * @throws KVLockedException if the {@linkplain KVBackupOptions#previous older backup} is open for writing
     * @throws KVClosedException if the store is closed meanwhile
     * @throws KVNoSpaceException if there is no room for the copies
     * @throws KVException if a file cannot be read or written
     */
    KVBackupProgress backup(Path directory, KVBackupOptions options);

    /**
     * Checks the store without telling of the progress.
     *
     * @return what was found
     * @throws KVException as {@link #verify(Consumer)}
     */
    default KVVerifyReport verify() {
        return verify(progress -> {});
    }

    /**
     * Checks the store as it is at this moment, while everybody goes on reading and writing: reads every record of
     * every segment and checks its checksum, compares each hint file with its segment, and the index with both. Damage
     * is reported, not thrown. Reads the files from front to back, as fast as the disk gives them; takes 24 bytes of
     * memory for each record of the largest segment. Of the segment that is being written the index is compared only if
     * nothing is written meanwhile.
     *
     * @param listener is told of the progress, after each segment, on this thread; if it throws, the check ends
     * @return what was found
     * @throws KVClosedException if the store is closed meanwhile
     */
    KVVerifyReport verify(Consumer<KVVerifyProgress> listener);

    /**
     * Figures about the store at this moment. Costs a pass over the segments, not over the keys.
     *
     * @return a snapshot
     */
    KVStats stats();

    /**
     * Waits for the operations under way, syncs, and gives the directory free. Idempotent. Operations that start later
     * throw {@link KVClosedException}.
     *
     * @throws KVException if the last sync failed; the directory is free all the same
     */
    @Override
    void close();
}
