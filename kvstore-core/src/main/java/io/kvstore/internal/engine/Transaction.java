package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVTransaction;
import io.kvstore.internal.txn.VersionTable;

/** A transaction on the engine. Its verbs are those of its default bucket. Belongs to one thread at a time. */
final class Transaction extends TransactionBucket implements KVTransaction {
    private Transaction(Engine engine, Isolation isolation, Limits limits) {
        super(engine, isolation, limits, "");
    }

    static Transaction begin(Engine engine, BatchWriter writer, VersionTable versions, Limits limits) {
        return new Transaction(engine, new Isolation(engine, writer, versions), limits);
    }

    @Override
    public KVBucket bucket(String name) {
        isolation.requireActive();
        return new TransactionBucket(engine, isolation, limits, Limits.requireBucketName(name));
    }

    /** Whether there is anything to commit. */
    boolean hasWrites() {
        return isolation.hasWrites();
    }

    @Override
    public void commit() {
        isolation.requireActive();
        engine.requireOpenNow();
        isolation.commit();
    }

    @Override
    public void close() {
        isolation.close();
    }

    @Override
    public String toString() {
        return "KVTransaction[" + (isolation.hasEnded() ? "ended" : "open") + "]";
    }
}
