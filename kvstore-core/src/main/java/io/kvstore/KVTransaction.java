package io.kvstore;

/**
 * A transaction: reads and writes that count as if nobody else had done anything between the first and the last of
 * them. It is itself its default bucket; the others come by {@link #bucket}.
 *
 * <pre>{@code
 * try (KVTransaction tx = store.begin()) {
 *     KVBucket accounts = tx.bucket("accounts");
 *     accounts.put(a, minus(accounts.get(a), 10));
 *     accounts.put(b, plus(accounts.get(b), 10));
 *     tx.commit();
 * }
 * }</pre>
 *
 * <p>Transactions are optimistic and serializable: nothing is locked, and one that has read what somebody else has
 * changed since throws a {@link KVConflictException}, at the latest when it commits, and can be tried again;
 * {@link KVStore#transact} does that. All that it reads is consistent at every moment: where that cannot be had any
 * more, the read throws. It sees its own writes, nobody else does before the commit, and after it everybody sees all of
 * them, as of a {@link KVBatch}. A scan, and {@link KVBucket#size()}, reads the whole bucket: any write to that bucket
 * by others is a conflict. A cursor shows the transaction's own writes as they were when it was opened. Reads that do
 * not go through the transaction see nothing of it. That a value expires is no write of anybody: a transaction that has
 * not read it finds it gone from that moment on, as long as nothing that it has read has changed since.
 *
 * <p>A transaction that only reads commits without a lock and without a check. What was read is remembered, with some
 * 100 bytes a key; writes as in a {@link KVBatch}, with the same limit. No version is kept for the sake of a
 * transaction: it may stay open as long as it likes and holds up neither writers nor merges. But the longer it is, the
 * likelier a conflict.
 *
 * <p>A transaction belongs to one thread at a time. After {@link #commit} and {@link #close}, using it throws an
 * {@link IllegalStateException}; after a {@link KVConflictException} it can only be closed, and throws one again.
 */
public interface KVTransaction extends KVBucket, AutoCloseable {
    /**
     * A handle on a named bucket inside this transaction.
     *
     * @param name 1 to 255 bytes of UTF-8
     * @return the handle, with every verb; good as long as the transaction is
     * @throws KVException with code {@link KVErrorCode#INVALID_BUCKET_NAME}
     * @throws IllegalStateException if the transaction has ended
     */
    KVBucket bucket(String name);

    /**
     * Does all the writes if everything that was read still holds, as durably as a single write, and ends the
     * transaction.
     *
     * @throws KVConflictException if something that was read has changed; nothing was written
     * @throws KVException as {@link KVBatch#commit()}; nothing was written, except as told there
     * @throws IllegalStateException if the transaction has ended
     */
    void commit();

    /** Ends the transaction; without a {@link #commit} before, nothing of it was ever there. Idempotent. */
    @Override
    void close();
}
