package io.kvstore.internal.engine;

import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import java.time.Duration;

/** A batch of one handle: it takes the buckets of any handle on its store. Belongs to one thread at a time. */
final class HandleBatch implements KVBatch {
    private final Handle handle;
    private final KVBatch batch;

    HandleBatch(Handle handle, KVBatch batch) {
        this.handle = handle;
        this.batch = batch;
    }

    private static KVBucket below(KVBucket bucket) {
        return bucket instanceof HandleBucket own ? own.bucket() : bucket;
    }

    @Override
    public KVBatch put(byte[] key, byte[] value) {
        batch.put(key, value);
        return this;
    }

    @Override
    public KVBatch put(byte[] key, byte[] value, Duration timeToLive) {
        batch.put(key, value, timeToLive);
        return this;
    }

    @Override
    public KVBatch put(KVBucket bucket, byte[] key, byte[] value) {
        batch.put(below(bucket), key, value);
        return this;
    }

    @Override
    public KVBatch put(KVBucket bucket, byte[] key, byte[] value, Duration timeToLive) {
        batch.put(below(bucket), key, value, timeToLive);
        return this;
    }

    @Override
    public KVBatch delete(byte[] key) {
        batch.delete(key);
        return this;
    }

    @Override
    public KVBatch delete(KVBucket bucket, byte[] key) {
        batch.delete(below(bucket), key);
        return this;
    }

    @Override
    public int size() {
        return batch.size();
    }

    @Override
    public void clear() {
        batch.clear();
    }

    @Override
    public void commit() {
        handle.run(() -> {
            if (batch.size() > 0) {
                handle.requireWritable();
            }
            batch.commit();
        });
    }

    @Override
    public void close() {
        batch.close();
    }

    @Override
    public String toString() {
        return batch.toString();
    }
}
