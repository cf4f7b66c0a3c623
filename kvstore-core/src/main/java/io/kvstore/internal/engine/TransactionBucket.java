package io.kvstore.internal.engine;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.internal.log.RecordBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A bucket inside a transaction. Belongs to one thread at a time, as the transaction does. */
class TransactionBucket implements KVBucket {
    final Engine engine;
    final Isolation isolation;
    final Limits limits;
    private final String name;

    TransactionBucket(Engine engine, Isolation isolation, Limits limits, String name) {
        this.engine = engine;
        this.isolation = isolation;
        this.limits = limits;
        this.name = name;
    }

    private void requireUsable() {
        isolation.requireActive();
        engine.requireOpenNow();
    }

    private byte @Nullable [] present(byte[] key) {
        requireUsable();
        Limits.requireKey(key);
        return isolation.get(name, key);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void put(byte[] key, byte[] value) {
        requireUsable();
        Limits.requireKey(key);
        limits.requireValue(value);
        isolation.put(name, key, value, RecordBuffer.NO_EXPIRY);
    }

    @Override
    public final void put(byte[] key, byte[] value, Duration timeToLive) {
        requireUsable();
        Limits.requireKey(key);
        limits.requireValue(value);
        isolation.put(name, key, value, Limits.expiryMillis(timeToLive, engine.nowMillis()));
    }

    @Override
    public final byte @Nullable [] get(byte[] key) {
        return present(key);
    }

    @Override
    public final boolean containsKey(byte[] key) {
        return present(key) != null;
    }

    @Override
    public final boolean delete(byte[] key) {
        boolean present = present(key) != null;
        if (present) {
            isolation.delete(name, key);
        }
        return present;
    }

    @Override
    public final boolean putIfAbsent(byte[] key, byte[] value) {
        limits.requireValue(value);
        boolean absent = present(key) == null;
        if (absent) {
            isolation.put(name, key, value, RecordBuffer.NO_EXPIRY);
        }
        return absent;
    }

    @Override
    public final boolean replace(byte[] key, byte[] expected, byte[] value) {
        Objects.requireNonNull(expected, "expected");
        limits.requireValue(value);
        boolean equal = Arrays.equals(present(key), expected);
        if (equal) {
            isolation.put(name, key, value, RecordBuffer.NO_EXPIRY);
        }
        return equal;
    }

    @Override
    public final boolean delete(byte[] key, byte[] expected) {
        Objects.requireNonNull(expected, "expected");
        boolean equal = Arrays.equals(present(key), expected);
        if (equal) {
            isolation.delete(name, key);
        }
        return equal;
    }

    @Override
    public final long size() {
        requireUsable();
        return isolation.size(name);
    }

    @Override
    public final KVCursor scan() {
        requireUsable();
        return new TransactionCursor(engine, isolation, name);
    }

    @Override
    public String toString() {
        return "KVBucket[" + name + " in a transaction]";
    }
}
