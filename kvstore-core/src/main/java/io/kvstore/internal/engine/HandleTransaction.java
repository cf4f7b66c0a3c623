package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVTransaction;

/** A transaction of one handle; on one that is read-only it may write, but not commit that. */
final class HandleTransaction extends HandleBucket implements KVTransaction {
    private final Transaction transaction;

    HandleTransaction(Handle handle, Transaction transaction) {
        super(handle, transaction, false);
        this.transaction = transaction;
    }

    @Override
    public KVBucket bucket(String name) {
        return new HandleBucket(handle, handle.call(() -> transaction.bucket(name)), false);
    }

    @Override
    public void commit() {
        handle.run(() -> {
            if (transaction.hasWrites()) {
                handle.requireWritable();
            }
            transaction.commit();
        });
    }

    @Override
    public void close() {
        transaction.close();
    }
}
