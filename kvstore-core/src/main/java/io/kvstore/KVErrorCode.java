package io.kvstore;

/** Tells the errors of the store apart; see {@link KVException#code()}. */
public enum KVErrorCode {
    /** The key is longer than 65,535 bytes. */
    KEY_TOO_LARGE,
    /** The value is longer than {@link KVOptions#maxValueSize()}. */
    VALUE_TOO_LARGE,
    /** The time-to-live is not positive. */
    INVALID_TIME_TO_LIVE,
    /** The bucket name is not 1 to 255 bytes of UTF-8. */
    INVALID_BUCKET_NAME,
    /** There is no option of the name, or its value cannot be read or is outside its range. */
    INVALID_OPTION,
    /** The text is no URL of a store, or there is no driver for it. */
    INVALID_URL,
    /** The records of a batch or a transaction would take more than 512 MiB. */
    BATCH_TOO_LARGE,
    /** A transaction has read what others have changed since; retryable. */
    CONFLICT,
    /** There is no store at the path, and the options forbid making one. */
    STORE_NOT_FOUND,
    /** The path is not a directory, or the directory holds something that is not a store. */
    NOT_A_STORE,
    /** The directory for a backup, or for a repaired store, is not empty. */
    NOT_EMPTY,
    /** The store was written by a version of the format that this version does not read. */
    UNSUPPORTED_FORMAT,
    /** The directory is open already, in this process or in another. */
    LOCKED,
    /** The store, or the handle, was closed. */
    CLOSED,
    /** A write to a store that was opened read-only. */
    READ_ONLY,
    /** The file system, or for a store in memory the heap, has no room for the write. */
    NO_SPACE,
    /** A file of the store holds other bytes than were written to it. */
    CORRUPTION,
    /**
     * An earlier fsync failed, or memory ran out in the middle of a write: the store can be read, and refuses writes
     * until it is opened again.
     */
    SYNC_FAILED,
    /** The store has reached a limit of its format, such as the number of segments. */
    LIMIT_REACHED,
    /** The operating system reported an error of input or output. */
    IO_ERROR,
    /** A serializer cannot turn a value into bytes, or bytes into a value, or does not know the type. */
    SERIALIZATION,
    /** A typed collection was opened as another kind, or with other serializers, than it has. */
    WRONG_COLLECTION;

    /**
     * Whether the same operation may well succeed when it is simply tried again, at once and without anybody mending
     * anything. Other errors need a change first: of what was asked for, of the disk, or of who holds the store.
     *
     * @return true for {@link #CONFLICT} alone
     */
    public boolean isRetryable() {
        return this == CONFLICT;
    }
}
