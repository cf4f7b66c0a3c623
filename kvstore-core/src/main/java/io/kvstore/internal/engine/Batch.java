package io.kvstore.internal.engine;

import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.txn.WriteSet;
import io.kvstore.internal.txn.WriteSet.Write;
import java.time.Duration;
import java.util.Objects;

/** Collects writes, which {@link BatchWriter#commit} does together. Belongs to one thread at a time. */
final class Batch implements KVBatch {
    private static final String DEFAULT_BUCKET = "";

    private final Engine engine;
    private final BatchWriter writer;
    private final Limits limits;
    private final WriteSet writes = new WriteSet();
    private boolean closed;

    Batch(Engine engine, BatchWriter writer, Limits limits) {
        this.engine = engine;
        this.writer = writer;
        this.limits = limits;
    }

    @Override
    public KVBatch put(byte[] key, byte[] value) {
        return add(DEFAULT_BUCKET, key, value, RecordBuffer.NO_EXPIRY);
    }

    @Override
    public KVBatch put(byte[] key, byte[] value, Duration timeToLive) {
        return add(DEFAULT_BUCKET, key, value, Limits.expiryMillis(timeToLive, engine.nowMillis()));
    }

    @Override
    public KVBatch put(KVBucket bucket, byte[] key, byte[] value) {
        return add(name(bucket), key, value, RecordBuffer.NO_EXPIRY);
    }

    @Override
    public KVBatch put(KVBucket bucket, byte[] key, byte[] value, Duration timeToLive) {
        return add(name(bucket), key, value, Limits.expiryMillis(timeToLive, engine.nowMillis()));
    }

    private KVBatch add(String bucket, byte[] key, byte[] value, long expiryMillis) {
        requireUnclosed();
        Limits.requireKey(key);
        limits.requireValue(value);
        writes.add(bucket, Write.put(engine.hash(key), key, value, expiryMillis));
        return this;
    }

    @Override
    public KVBatch delete(byte[] key) {
        return remove(DEFAULT_BUCKET, key);
    }

    @Override
    public KVBatch delete(KVBucket bucket, byte[] key) {
        return remove(name(bucket), key);
    }

    private KVBatch remove(String bucket, byte[] key) {
        requireUnclosed();
        Limits.requireKey(key);
        writes.add(bucket, Write.delete(engine.hash(key), key));
        return this;
    }

    private String name(KVBucket bucket) {
        Objects.requireNonNull(bucket, "bucket");
        if (bucket instanceof Bucket own && own.isOf(engine)) {
            return own.name();
        }
        throw new IllegalArgumentException(bucket + " is no bucket of this store: take one from its bucket(name)");
    }

    @Override
    public int size() {
        return writes.size();
    }

    @Override
    public void clear() {
        writes.clear();
    }

    @Override
    public void commit() {
        requireUnclosed();
        writer.commit(writes, BatchWriter.Check.NONE);
        writes.clear();
    }

    @Override
    public void close() {
        closed = true;
        writes.clear();
    }

    private void requireUnclosed() {
        if (closed) {
            throw new IllegalStateException("the batch is closed: batch() makes a new one");
        }
    }

    @Override
    public String toString() {
        return "KVBatch[" + writes.size() + " writes]";
    }
}
