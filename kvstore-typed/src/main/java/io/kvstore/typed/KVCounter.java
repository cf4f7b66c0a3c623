package io.kvstore.typed;

import io.kvstore.KVBucket;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A durable number; {@link TypedStore#counter} opens it. It is 0 until it is changed, and wraps around as a
 * {@code long} does. All methods are linearizable: they read, and write if the number is still the same, else start
 * again.
 *
 * <p>Thread-safe, but for one that was opened in a transaction: what {@link KVMap} says of that, of a drop, and of
 * errors, holds here too.
 */
public final class KVCounter {
    private static final byte[] KEY = {};

    private final Binding binding;
    private final KVBucket bucket;

    KVCounter(Binding binding, Scope scope) {
        this.binding = binding;
        this.bucket = scope.bucket(binding.bucketName(BucketPart.DATA));
    }

    private KVBucket bucket() {
        binding.requirePresent();
        return bucket;
    }

    private static long number(byte @Nullable [] bytes) {
        return bytes == null ? 0 : Numbers.read(bytes);
    }

    private boolean swap(byte @Nullable [] before, long after) {
        byte[] bytes = Numbers.bytes(after);
        return before == null ? bucket.putIfAbsent(KEY, bytes) : bucket.replace(KEY, before, bytes);
    }

    /** Changes the number; returns it as it was before. */
    private long getAndUpdate(LongUnaryOperator change) {
        byte[] before;
        do {
            before = bucket().get(KEY);
        } while (!swap(before, change.applyAsLong(number(before))));
        return number(before);
    }

    /**
     * The name that the counter was opened by.
     *
     * @return the name
     */
    public String name() {
        return binding.name();
    }

    /**
     * The number.
     *
     * @return 0 if it was never changed
     */
    public long get() {
        return number(bucket().get(KEY));
    }

    /**
     * Sets the number, whatever it was.
     *
     * @param value the new number
     */
    public void set(long value) {
        bucket().put(KEY, Numbers.bytes(value));
    }

    /**
     * Adds to the number.
     *
     * @param delta may be negative
     */
    public void add(long delta) {
        getAndAdd(delta);
    }

    /**
     * Adds to the number.
     *
     * @param delta may be negative
     * @return the number after that
     */
    public long addAndGet(long delta) {
        return getAndAdd(delta) + delta;
    }

    /**
     * Adds to the number.
     *
     * @param delta may be negative
     * @return the number before that
     */
    public long getAndAdd(long delta) {
        return getAndUpdate(number -> number + delta);
    }

    /**
     * Sets the number.
     *
     * @param value the new number
     * @return the number before that
     */
    public long getAndSet(long value) {
        return getAndUpdate(number -> value);
    }

    /** Adds 1. */
    public void increment() {
        add(1);
    }

    /** Subtracts 1. */
    public void decrement() {
        add(-1);
    }

    /**
     * Adds 1.
     *
     * @return the number after that
     */
    public long incrementAndGet() {
        return addAndGet(1);
    }

    /**
     * Subtracts 1.
     *
     * @return the number after that
     */
    public long decrementAndGet() {
        return addAndGet(-1);
    }

    /**
     * Sets the number if it is what is expected.
     *
     * @param expected what it has to be
     * @param value the new number
     * @return true if it was, and is set now
     */
    public boolean compareAndSet(long expected, long value) {
        byte[] before;
        do {
            before = bucket().get(KEY);
            if (number(before) != expected) {
                return false;
            }
        } while (!swap(before, value));
        return true;
    }

    @Override
    public String toString() {
        return "KVCounter[" + name() + "]";
    }
}
