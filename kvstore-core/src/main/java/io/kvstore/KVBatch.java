package io.kvstore;

import java.time.Duration;

/**
 * Writes that are done together: after {@link #commit} all of them count, before it none, whatever crashes, and whoever
 * reads. They may go to several buckets of one store.
 *
 * <pre>{@code
 * try (KVBatch batch = store.batch()) {
 *     batch.put(key, value).delete(other).put(audit, id, line);
 *     batch.commit();
 * }
 * }</pre>
 *
 * <p>To readers a batch is atomic: whoever has seen one of its writes sees all of them from then on. It costs one pass
 * through the log and the index, and in {@link Durability#SYNC} one fsync, however many writes it has; other writers
 * wait meanwhile, some 300 ns a write. Keys, values and deletes are collected on the heap until then, with some 200
 * bytes beside each; arrays passed in may be changed by the caller as soon as the call returns. The records of a batch
 * lie in one segment file, which may be larger than {@link KVOptions#segmentSize()} for it, but takes no more than 512
 * MiB.
 *
 * <p>A batch belongs to one thread at a time. It may be used again after a commit, and is empty then.
 */
public interface KVBatch extends AutoCloseable {
    /**
     * Adds a put to the default bucket. Of several writes to one key the last one counts.
     *
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @return this batch
     * @throws KVException with code {@link KVErrorCode#KEY_TOO_LARGE} or {@link KVErrorCode#VALUE_TOO_LARGE}; the batch
     *     is as before
     * @throws IllegalStateException if the batch was closed
     */
    KVBatch put(byte[] key, byte[] value);

    /**
     * Adds a put of a value that expires to the default bucket.
     *
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @param timeToLive more than zero; counts from this call on
     * @return this batch
     * @throws KVException as {@link #put(byte[], byte[])}, and with code {@link KVErrorCode#INVALID_TIME_TO_LIVE}
     * @throws IllegalStateException if the batch was closed
     */
    KVBatch put(byte[] key, byte[] value, Duration timeToLive);

    /**
     * Adds a put to a bucket.
     *
     * @param bucket of the same store
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @return this batch
     * @throws KVException as {@link #put(byte[], byte[])}
     * @throws IllegalArgumentException if the bucket is of another store, or of a transaction
     * @throws IllegalStateException if the batch was closed
     */
    KVBatch put(KVBucket bucket, byte[] key, byte[] value);

    /**
     * Adds a put of a value that expires to a bucket.
     *
     * @param bucket of the same store
     * @param key 0 to 65,535 bytes
     * @param value 0 to {@link KVOptions#maxValueSize()} bytes
     * @param timeToLive more than zero; counts from this call on
     * @return this batch
     * @throws KVException as {@link #put(byte[], byte[], Duration)}
     * @throws IllegalArgumentException if the bucket is of another store, or of a transaction
     * @throws IllegalStateException if the batch was closed
     */
    KVBatch put(KVBucket bucket, byte[] key, byte[] value, Duration timeToLive);

    /**
     * Adds a delete from the default bucket. If the key is absent when the batch is committed, it does nothing.
     *
     * @param key 0 to 65,535 bytes
     * @return this batch
     * @throws KVException with code {@link KVErrorCode#KEY_TOO_LARGE}; the batch is as before
     * @throws IllegalStateException if the batch was closed
     */
    KVBatch delete(byte[] key);

    /**
     * Adds a delete from a bucket. If the key is absent when the batch is committed, it does nothing.
     *
     * @param bucket of the same store
     * @param key 0 to 65,535 bytes
     * @return this batch
     * @throws KVException with code {@link KVErrorCode#KEY_TOO_LARGE}; the batch is as before
     * @throws IllegalArgumentException if the bucket is of another store, or of a transaction
     * @throws IllegalStateException if the batch was closed
     */
    KVBatch delete(KVBucket bucket, byte[] key);

    /**
     * The number of keys that are written.
     *
     * @return 0 if there is nothing to commit
     */
    int size();

    /** Forgets all writes. */
    void clear();

    /**
     * Does all the writes, as durably as a single one, and empties the batch. An empty batch does nothing. If it fails,
     * the batch is as before, and nothing was written, except where the fsync of {@link Durability#SYNC} fails: then
     * all of it is visible, and all or nothing of it will survive; or where memory runs out in the middle: then nothing
     * of it is visible, the store refuses writes until it is opened again, and all or nothing of it will be there then.
     *
     * @throws KVException with code {@link KVErrorCode#BATCH_TOO_LARGE} if the records would take more than 512 MiB
     *     together; otherwise as any write, see {@link KVBucket}
     * @throws IllegalStateException if the batch was closed
     */
    void commit();

    /** Forgets all writes; the batch cannot be used any more. Idempotent. */
    @Override
    void close();
}
