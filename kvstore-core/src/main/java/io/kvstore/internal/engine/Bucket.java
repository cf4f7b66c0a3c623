package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.log.RecordBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handle on a bucket: checks what callers pass in, and finds the bucket that has the name now. Thread-safe. */
class Bucket implements KVBucket {
    private final Engine engine;
    private final Writer writer;
    private final Limits limits;
    private final String name;

    /**
     * The bucket found last; good until it is dropped, which its mark tells. Any thread may set it, to whichever it
     * found: a new one is published whole by this write (harnesses {@code StoreDrop}).
     */
    private volatile @Nullable BucketIndex found;

    Bucket(Engine engine, Writer writer, Limits limits, String name) {
        this.engine = engine;
        this.writer = writer;
        this.limits = limits;
        this.name = name;
    }

    /** Whether it is a bucket of a store that is open in some engine. */
    final boolean isOf(Engine other) {
        return engine == other;
    }

    /** The bucket of this name; null while there is none. */
    final @Nullable BucketIndex current() {
        BucketIndex bucket = found;
        if (bucket == null || bucket.isDropped()) {
            bucket = engine.catalog().find(name);
            found = bucket;
        }
        return bucket;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void put(byte[] key, byte[] value) {
        Limits.requireKey(key);
        limits.requireValue(value);
        writer.put(this, key, value, RecordBuffer.NO_EXPIRY);
    }

    @Override
    public final void put(byte[] key, byte[] value, Duration timeToLive) {
        Limits.requireKey(key);
        limits.requireValue(value);
        writer.put(this, key, value, Limits.expiryMillis(timeToLive, engine.nowMillis()));
    }

    @Override
    public final byte @Nullable [] get(byte[] key) {
        Limits.requireKey(key);
        return engine.get(current(), key);
    }

    @Override
    public final boolean delete(byte[] key) {
        Limits.requireKey(key);
        return writer.delete(this, key, null);
    }

    @Override
    public final boolean putIfAbsent(byte[] key, byte[] value) {
        Limits.requireKey(key);
        limits.requireValue(value);
        return writer.putIfAbsent(this, key, value);
    }

    @Override
    public final boolean replace(byte[] key, byte[] expected, byte[] value) {
        Limits.requireKey(key);
        Objects.requireNonNull(expected, "expected");
        limits.requireValue(value);
        return writer.replace(this, key, expected, value);
    }

    @Override
    public final boolean delete(byte[] key, byte[] expected) {
        Limits.requireKey(key);
        Objects.requireNonNull(expected, "expected");
        return writer.delete(this, key, expected);
    }

    @Override
    public final boolean containsKey(byte[] key) {
        Limits.requireKey(key);
        return engine.contains(current(), key);
    }

    @Override
    public final long size() {
        engine.requireOpenNow();
        BucketIndex bucket = current();
        return bucket == null ? 0 : engine.size(bucket);
    }

    @Override
    public final KVCursor scan() {
        engine.requireOpenNow();
        return new Cursor(engine, current());
    }

    @Override
    public String toString() {
        return "KVBucket[" + name + "]";
    }
}
