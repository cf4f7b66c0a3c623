package io.kvstore.typed;

import io.kvstore.KVBucket;
import java.util.NavigableMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a collection reads and writes: the store itself, or one transaction. */
sealed interface Scope extends Buckets permits StoreScope, TransactionScope {
    /**
     * Reads and writes as one.
     *
     * @param work may run several times; has no effects but on the buckets that it is given
     * @return what it has returned
     */
    <T extends @Nullable Object> T atomically(Function<Buckets, T> work);

    /**
     * A bucket as it is now, for what was so once and can never change again: a transaction does not remember that it
     * was read.
     */
    KVBucket latest(String name);

    /** Removes all entries of a bucket as one: in the store by dropping it, in a transaction one by one. */
    void empty(KVBucket bucket);

    /** Drops a bucket that nothing refers to any more, once that is committed. */
    void dropUnreferenced(String bucketName);

    /** Lets threads that wait for a queue look again, once what was written is committed. */
    void wake(String bucketName);

    /**
     * Elements that a transaction adds to a queue at its end, by provisional number. In the store there are none: the
     * map is empty and stays so.
     */
    NavigableMap<Long, byte[]> pendingAdds(QueueBuckets queue);

    /** A number from 0 on that this has not returned before in the transaction; only in a transaction. */
    long nextPending();

    /** Whether this is a transaction. */
    boolean isTransaction();

    /** Throws an {@link IllegalStateException} if this is a transaction that has ended. */
    void requireActive();
}
