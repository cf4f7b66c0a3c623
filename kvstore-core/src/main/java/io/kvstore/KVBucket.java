package io.kvstore;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A named set of key-value pairs, with the verbs to read and to change it. All buckets of a store share one log.
 *
 * <p>Keys have 0 to 65,535 bytes, values 0 to {@link KVOptions#maxValueSize()}. Arrays passed in may be changed by the
 * caller as soon as the call returns; arrays handed out are the caller's own. Operations on one key are linearizable.
 * All methods may be called by any number of threads; readers take no lock.
 *
 * <p>Beside what each method names, every method throws {@link NullPointerException} for a null argument, a
 * {@link KVException} with code {@link KVErrorCode#KEY_TOO_LARGE} for a key that is longer than a key can be,
 * {@link KVClosedException} once the store is closed, and {@link KVCorruptionException} when it meets a damaged record.
 * Every write throws {@link KVNoSpaceException} when the disk is full, and {@link KVException} with code
 * {@link KVErrorCode#READ_ONLY} on a read-only store, {@link KVErrorCode#SYNC_FAILED} after a failed fsync,
 * {@link KVErrorCode#LIMIT_REACHED} when no further segment can be had, or {@link KVErrorCode#IO_ERROR} when the
 * operating system refuses, which a read may meet as well. A write that throws has changed nothing that readers can
 * see, except where the fsync of {@link Durability#SYNC} fails: then the write is visible and may or may not survive.
 *
 * <p>Interrupting a thread inside a method neither loses data nor cuts the method short; the interrupt flag stays set.
 */
public interface KVBucket {
    /**
     * The name of this bucket.
     *
     * @return the name; the empty string for the default bucket of a store
     */
    String name();

    /**
     * Stores a value under a key, in place of any that was there. Costs one append to the log, whatever the size of the
     * store.
     *
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @throws KVException with code {@link KVErrorCode#KEY_TOO_LARGE} or {@link KVErrorCode#VALUE_TOO_LARGE}; nothing
     *     is written
     */
    void put(byte[] key, byte[] value);

    /**
     * Stores a value that is there for some time: from then on the key is absent, everywhere, as if it were deleted. A
     * later put without a time-to-live stores a value that stays.
     *
     * <p>Time is that of the wall clock, in milliseconds, but never goes back as long as the store is open: if the
     * clock is set back, time stands still until it has caught up, and nothing that has expired comes back. If it is
     * set forward, values expire that much earlier. After a crash or a close the clock counts as it is then. Space and
     * index entry of an expired value are given back by the merge.
     *
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @param timeToLive more than zero; a part of a millisecond counts as a whole one
     * @throws KVException with code {@link KVErrorCode#INVALID_TIME_TO_LIVE}, {@link KVErrorCode#KEY_TOO_LARGE} or
     *     {@link KVErrorCode#VALUE_TOO_LARGE}; nothing is written
     */
    void put(byte[] key, byte[] value, Duration timeToLive);

    /**
     * Reads the value of a key. Costs one probe of the index, and one read of the log if the key is present.
     *
     * @param key the key
     * @return the value in an array of the caller's own, or null if the key is absent
     */
    byte @Nullable [] get(byte[] key);

    /**
     * Removes a key. An absent key costs one probe of the index and writes nothing.
     *
     * @param key the key
     * @return true if the key was present
     */
    boolean delete(byte[] key);

    /**
     * Stores a value under a key that is absent.
     *
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @return true if the key was absent and the value is now stored
     * @throws KVException with code {@link KVErrorCode#KEY_TOO_LARGE} or {@link KVErrorCode#VALUE_TOO_LARGE}
     */
    boolean putIfAbsent(byte[] key, byte[] value);

    /**
     * Compare-and-set: stores a value if the present one equals the expected one byte by byte.
     *
     * @param key the key
     * @param expected the value that must be there
     * @param value the value to put in its place
     * @return true if the value was swapped; false if the key is absent or has another value
     * @throws KVException with code {@link KVErrorCode#KEY_TOO_LARGE} or {@link KVErrorCode#VALUE_TOO_LARGE}
     */
    boolean replace(byte[] key, byte[] expected, byte[] value);

    /**
     * Compare-and-delete: removes a key if its value equals the expected one byte by byte.
     *
     * @param key the key
     * @param expected the value that must be there
     * @return true if the key was removed
     */
    boolean delete(byte[] key, byte[] expected);

    /**
     * Whether a key is present. Costs one probe of the index; a file is touched only if the value has a time-to-live.
     *
     * @param key the key
     * @return true if it is present
     */
    boolean containsKey(byte[] key);

    /**
     * The number of entries. Costs one read of a counter. Expired values count until a merge has removed them, or
     * another write has taken their place.
     *
     * @return the number of keys
     */
    long size();

    /**
     * Opens a cursor over all entries.
     *
     * @return a cursor before its first entry; close it
     */
    KVCursor scan();
}
