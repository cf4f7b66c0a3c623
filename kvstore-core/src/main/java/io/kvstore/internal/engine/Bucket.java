package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.index.BucketIndex;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handle on a bucket: checks what callers pass in, and finds the bucket that has the name now. Thread-safe. */
class Bucket implements KVBucket {
    private final Engine engine;
    private final KVOptions options;
    private final String name;

    /** The bucket found last; good until it is dropped. Any thread may set it, to whichever it found. */
    private volatile @Nullable BucketIndex found;

    Bucket(Engine engine, KVOptions options, String name) {
        this.engine = engine;
        this.options = options;
        this.name = name;
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
        requireKey(key);
        requireValue(value);
        engine.put(this, key, value);
    }

    @Override
    public final void put(byte[] key, byte[] value, Duration timeToLive) {
        requireKey(key);
        requireValue(value);
        engine.put(this, key, value, requireMillis(timeToLive));
    }

    @Override
    public final byte @Nullable [] get(byte[] key) {
        requireKey(key);
        return engine.get(current(), key);
    }

    @Override
    public final boolean delete(byte[] key) {
        requireKey(key);
        return engine.delete(this, key, null);
    }

    @Override
    public final boolean putIfAbsent(byte[] key, byte[] value) {
        requireKey(key);
        requireValue(value);
        return engine.putIfAbsent(this, key, value);
    }

    @Override
    public final boolean replace(byte[] key, byte[] expected, byte[] value) {
        requireKey(key);
        Objects.requireNonNull(expected, "expected");
        requireValue(value);
        return engine.replace(this, key, expected, value);
    }

    @Override
    public final boolean delete(byte[] key, byte[] expected) {
        requireKey(key);
        Objects.requireNonNull(expected, "expected");
        return engine.delete(this, key, expected);
    }

    @Override
    public final boolean containsKey(byte[] key) {
        requireKey(key);
        return engine.contains(current(), key);
    }

    @Override
    public final long size() {
        engine.requireOpenNow();
        BucketIndex bucket = current();
        return bucket == null ? 0 : bucket.index().size();
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

    private static void requireKey(byte[] key) {
        Objects.requireNonNull(key, "key");
        if (key.length > RecordLayout.MAX_KEY_LENGTH) {
            throw new KVException(
                    KVErrorCode.KEY_TOO_LARGE,
                    "key of " + key.length + " bytes: a key has at most " + RecordLayout.MAX_KEY_LENGTH
                            + " bytes; nothing was done");
        }
    }

    /** The milliseconds that a time-to-live makes, a part of one counting as a whole. */
    private static long requireMillis(Duration timeToLive) {
        Objects.requireNonNull(timeToLive, "timeToLive");
        if (timeToLive.isZero() || timeToLive.isNegative()) {
            throw new KVException(
                    KVErrorCode.INVALID_TIME_TO_LIVE,
                    "time-to-live of " + timeToLive + ": it must be positive; nothing was written");
        }
        try {
            long millis = timeToLive.toMillis();
            return Duration.ofMillis(millis).compareTo(timeToLive) < 0 ? millis + 1 : millis;
        } catch (ArithmeticException e) {
            // More than 292 million years.
            return Long.MAX_VALUE;
        }
    }

    private void requireValue(byte[] value) {
        Objects.requireNonNull(value, "value");
        if (value.length > options.maxValueSize()) {
            throw new KVException(
                    KVErrorCode.VALUE_TOO_LARGE,
                    "value of " + value.length + " bytes: the option maxValueSize allows " + options.maxValueSize()
                            + "; nothing was written; raise the option or store the value in parts");
        }
    }
}
