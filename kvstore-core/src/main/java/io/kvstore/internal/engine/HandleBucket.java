package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A bucket as one handle on a store shows it. As thread-safe as the bucket below. */
class HandleBucket implements KVBucket {
    final Handle handle;
    private final KVBucket bucket;
    private final boolean direct;

    /**
     * A bucket of a handle.
     *
     * @param handle that must be open
     * @param bucket of the store
     * @param direct whether a write is done at once, not when a transaction is committed
     */
    HandleBucket(Handle handle, KVBucket bucket, boolean direct) {
        this.handle = handle;
        this.bucket = bucket;
        this.direct = direct;
    }

    /** The bucket of the store. */
    final KVBucket bucket() {
        return bucket;
    }

    private void requireWritable() {
        if (direct) {
            handle.requireWritable();
        }
    }

    @Override
    public final String name() {
        return bucket.name();
    }

    @Override
    public final void put(byte[] key, byte[] value) {
        handle.run(() -> {
            requireWritable();
            bucket.put(key, value);
        });
    }

    @Override
    public final void put(byte[] key, byte[] value, Duration timeToLive) {
        handle.run(() -> {
            requireWritable();
            bucket.put(key, value, timeToLive);
        });
    }

    @Override
    public final byte @Nullable [] get(byte[] key) {
        return handle.call(() -> bucket.get(key));
    }

    @Override
    public final boolean delete(byte[] key) {
        return handle.call(() -> {
            requireWritable();
            return bucket.delete(key);
        });
    }

    @Override
    public final boolean putIfAbsent(byte[] key, byte[] value) {
        return handle.call(() -> {
            requireWritable();
            return bucket.putIfAbsent(key, value);
        });
    }

    @Override
    public final boolean replace(byte[] key, byte[] expected, byte[] value) {
        return handle.call(() -> {
            requireWritable();
            return bucket.replace(key, expected, value);
        });
    }

    @Override
    public final boolean delete(byte[] key, byte[] expected) {
        return handle.call(() -> {
            requireWritable();
            return bucket.delete(key, expected);
        });
    }

    @Override
    public final boolean containsKey(byte[] key) {
        return handle.call(() -> bucket.containsKey(key));
    }

    @Override
    public final long size() {
        return handle.call(bucket::size);
    }

    @Override
    public final KVCursor scan() {
        return new HandleCursor(handle, handle.call(bucket::scan));
    }

    @Override
    public String toString() {
        return bucket.toString();
    }
}
