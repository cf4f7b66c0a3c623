package io.kvstore.typed;

import io.kvstore.KVBucket;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A durable map; {@link TypedStore#map} opens it. Keys are equal if their serialized bytes are; neither keys nor values
 * are null.
 *
 * <p><b>Cost.</b> A lookup costs one read of the store. {@link #put} and the other conditional writes read the present
 * value and compare it; {@link #set} does not. {@link #size}, {@link #isEmpty} and {@link #containsKey} read no value.
 * {@link #containsValue} goes over all entries. {@link #clear} drops a bucket, whatever the size.
 *
 * <p><b>Atomicity.</b> All methods on one key are linearizable, those that take a function included. These read, call
 * the function, and write if the value is still the same, else start again: so the function may be called several
 * times, as in {@link java.util.concurrent.ConcurrentSkipListMap}, and should have no other effects. Nothing is locked,
 * and the function may use the store. {@link #putAll}, {@link #replaceAll} and changes through views go entry by entry.
 *
 * <p><b>Comparing values.</b> {@link #remove(Object, Object)}, {@link #replace(Object, Object, Object)} and
 * {@link #containsValue} compare bytes: those that the stored value has now, or that it would have if it were written
 * again. So a value that was stored before its class got another field is equal to itself.
 *
 * <p><b>Views and iterators</b> are live, hold one entry at a time, and never throw
 * {@link java.util.ConcurrentModificationException}: an entry that is there all the time comes exactly once, others may
 * come or not. The order has no meaning. An entry's {@code setValue} writes to the map. An iterator that meets an entry
 * that cannot be read throws, and can go on behind it or remove it. {@code hashCode}, {@code equals} and
 * {@code toString} go over everything.
 *
 * <p>Thread-safe, but for one that was opened in a transaction, which belongs to it: there every write is part of the
 * transaction, {@link #clear} removes the entries one by one, and after the end of the transaction all methods throw
 * {@link IllegalStateException}. They do so too once the collection was dropped. Errors are those of {@link KVBucket},
 * and {@link io.kvstore.typed.serializer.KVSerializationException} as the serializer throws it, or naming collection
 * and key of a stored value that cannot be read.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class KVMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    private final Binding binding;
    private final Scope scope;
    private final KVBucket bucket;
    private final Codec<K> keys;
    private final Codec<V> values;

    KVMap(Binding binding, Scope scope, Codec<K> keys, Codec<V> values) {
        this.binding = binding;
        this.scope = scope;
        this.bucket = scope.bucket(binding.bucketName(BucketPart.DATA));
        this.keys = keys;
        this.values = values;
    }

    private KVBucket bucket() {
        binding.requirePresent();
        return bucket;
    }

    private V decode(byte[] value, byte[] key) {
        return values.decodeUnder(value, key, keys);
    }

    private @Nullable V decodeIfPresent(byte @Nullable [] value, byte[] key) {
        return value == null ? null : decode(value, key);
    }

    /**
     * The name that the map was opened by.
     *
     * @return the name
     */
    public String name() {
        return binding.name();
    }

    @Override
    public @Nullable V get(Object key) {
        byte[] k = keys.encodeAnyKey(key, "key");
        return k == null ? null : decodeIfPresent(bucket().get(k), k);
    }

    @Override
    public boolean containsKey(Object key) {
        byte[] k = keys.encodeAnyKey(key, "key");
        return k != null && bucket().containsKey(k);
    }

    /**
     * Stores a value and does not look at the one before: costs as much as a put to the raw bucket.
     *
     * @param key not null
     * @param value not null
     */
    public void set(K key, V value) {
        bucket().put(keys.encode(key, "key"), values.encode(value, "value"));
    }

    @Override
    public @Nullable V put(K key, V value) {
        byte[] k = keys.encode(key, "key");
        byte[] v = values.encode(value, "value");
        for (; ; ) {
            byte[] before = bucket().get(k);
            // Read before it is replaced: what cannot be read stays where it is.
            V old = decodeIfPresent(before, k);
            if (swap(k, before, v)) {
                return old;
            }
        }
    }

    /**
     * Writes a value, or removes the key, if it still has the value that was read: the step that all atomic methods are
     * made of. What a failure means is that another thread has written: some thread always gets on.
     */
    private boolean swap(byte[] key, byte @Nullable [] before, byte @Nullable [] after) {
        if (before == null) {
            return after == null || bucket.putIfAbsent(key, after);
        }
        return after == null ? bucket.delete(key, before) : bucket.replace(key, before, after);
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        byte[] k = keys.encode(key, "key");
        byte[] v = values.encode(value, "value");
        for (; ; ) {
            byte[] present = bucket().get(k);
            if (present != null) {
                return decode(present, k);
            }
            if (bucket.putIfAbsent(k, v)) {
                return null;
            }
        }
    }

    @Override
    public @Nullable V replace(K key, V value) {
        byte[] k = keys.encode(key, "key");
        byte[] v = values.encode(value, "value");
        for (; ; ) {
            byte[] before = bucket().get(k);
            V old = decodeIfPresent(before, k);
            if (old == null || swap(k, before, v)) {
                return old;
            }
        }
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        byte[] k = keys.encode(key, "key");
        byte[] expected = values.encode(oldValue, "oldValue");
        return swapIfSame(k, expected, values.encode(newValue, "newValue"));
    }

    @Override
    public boolean remove(Object key, Object value) {
        byte[] k = keys.encodeAnyKey(key, "key");
        byte[] expected = value == null ? null : values.encodeAny(value, "value");
        return k != null && expected != null && swapIfSame(k, expected, null);
    }

    private boolean swapIfSame(byte[] key, byte[] expected, byte @Nullable [] after) {
        byte[] before;
        do {
            before = bucket().get(key);
            if (before == null || !values.isSame(before, expected)) {
                return false;
            }
        } while (!swap(key, before, after));
        return true;
    }

    @Override
    public @Nullable V remove(Object key) {
        byte[] k = keys.encodeAnyKey(key, "key");
        if (k == null) {
            return null;
        }
        for (; ; ) {
            byte[] before = bucket().get(k);
            V old = decodeIfPresent(before, k);
            if (swap(k, before, null)) {
                return old;
            }
        }
    }

    /** Removes a key without reading its value. */
    boolean removeKey(Object key) {
        byte[] k = keys.encodeAnyKey(key, "key");
        return k != null && bucket().delete(k);
    }

    boolean hasEntry(Object key, Object value) {
        byte[] k = keys.encodeAnyKey(key, "key");
        byte[] expected = values.encodeAny(value, "value");
        if (k == null || expected == null) {
            return false;
        }
        byte[] present = bucket().get(k);
        return present != null && values.isSame(present, expected);
    }

    /** {@inheritDoc} The function may be called several times. */
    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        byte[] k = keys.encode(key, "key");
        for (; ; ) {
            byte[] before = bucket().get(k);
            V computed = function.apply(key, decodeIfPresent(before, k));
            if (swap(k, before, computed == null ? null : values.encode(computed, "value"))) {
                return computed;
            }
        }
    }

    /** {@inheritDoc} The function may be called several times. */
    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        byte[] k = keys.encode(key, "key");
        for (; ; ) {
            byte[] present = bucket().get(k);
            if (present != null) {
                return decode(present, k);
            }
            V computed = function.apply(key);
            if (swap(k, null, computed == null ? null : values.encode(computed, "value"))) {
                return computed;
            }
        }
    }

    /** {@inheritDoc} The function may be called several times. */
    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        byte[] k = keys.encode(key, "key");
        for (; ; ) {
            byte[] before = bucket().get(k);
            if (before == null) {
                return null;
            }
            V computed = function.apply(key, decode(before, k));
            if (swap(k, before, computed == null ? null : values.encode(computed, "value"))) {
                return computed;
            }
        }
    }

    /** {@inheritDoc} The function may be called several times. */
    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        byte[] k = keys.encode(key, "key");
        byte[] v = values.encode(value, "value");
        for (; ; ) {
            byte[] before = bucket().get(k);
            if (before == null) {
                if (swap(k, null, v)) {
                    return value;
                }
                continue;
            }
            V merged = function.apply(decode(before, k), value);
            if (swap(k, before, merged == null ? null : values.encode(merged, "value"))) {
                return merged;
            }
        }
    }

    /** {@inheritDoc} Entry by entry; the function may change the value that it is given, and return it. */
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        for (K key : keySet()) {
            computeIfPresent(key, (k, value) -> Objects.requireNonNull(function.apply(k, value), "value"));
        }
    }

    /** {@inheritDoc} Entry by entry. */
    @Override
    public void putAll(Map<? extends K, ? extends V> map) {
        map.forEach(this::set);
    }

    /** Whether the bytes of a stored value are those of an object of any type. */
    @Override
    public boolean containsValue(Object value) {
        byte[] wanted = values.encodeAny(value, "value");
        if (wanted == null) {
            return false;
        }
        Iterator<Boolean> same = iterator((k, v) -> values.isSame(v, wanted));
        while (same.hasNext()) {
            if (same.next()) {
                return true;
            }
        }
        return false;
    }

    /** {@inheritDoc} At most {@link Integer#MAX_VALUE}. */
    @Override
    public int size() {
        return (int) Math.min(bucket().size(), Integer.MAX_VALUE);
    }

    @Override
    public boolean isEmpty() {
        return bucket().size() == 0;
    }

    /** Removes all entries as one, whatever their number: drops the bucket. */
    @Override
    public void clear() {
        scope.empty(bucket());
    }

    @Override
    public Set<K> keySet() {
        return new MapKeys<>(this);
    }

    @Override
    public Collection<V> values() {
        return new MapValues<>(this);
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        return new MapEntries<>(this);
    }

    Iterator<K> keyIterator() {
        return iterator((k, v) -> keys.decode(k, "key"));
    }

    Iterator<V> valueIterator() {
        return iterator((k, v) -> decode(v, k));
    }

    Iterator<Entry<K, V>> entryIterator() {
        return iterator((k, v) -> new WriteThroughEntry(keys.decode(k, "key"), decode(v, k)));
    }

    private <T> Iterator<T> iterator(BiFunction<byte[], byte[], T> decode) {
        return new ScanIterator<>(bucket(), decode, key -> bucket().delete(key));
    }

    /** An entry as it was read, which writes a new value to the map as well. */
    private final class WriteThroughEntry extends SimpleEntry<K, V> {
        private static final long serialVersionUID = 1L;

        WriteThroughEntry(K key, V value) {
            super(key, value);
        }

        @Override
        public V setValue(V value) {
            set(getKey(), value);
            return super.setValue(value);
        }
    }
}
