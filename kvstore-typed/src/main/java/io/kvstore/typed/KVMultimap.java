package io.kvstore.typed;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiConsumer;

/**
 * A durable map from each key to a set of values; {@link TypedStore#multimap} opens it. Keys and values are equal if
 * their serialized bytes are; key and value of an entry have at most 65,533 bytes together, a key at most 65,527.
 *
 * <p><b>Cost.</b> {@link #put} and {@link #remove} are commits of three to five small writes, {@link #containsEntry},
 * {@link #containsKey} and each step of an iterator one or two lookups, however many values the key has: one or a
 * million. {@link #size}, {@link #isEmpty} and the sizes of {@link #get} and {@link #keySet} read a number.
 * {@link #clear} drops buckets. {@link #removeAll} removes value by value.
 *
 * <p><b>Atomicity.</b> All methods are linearizable, but for {@link #removeAll} of more than 4096 values, which goes in
 * parts of that size. Many threads that write to one key at the same time try again as long as others get in between;
 * different keys do not get in each other's way.
 *
 * <p><b>Views and iterators</b> are live and hold one entry at a time, as those of {@link KVMap}; but while others
 * remove values of a key, a value of it may come twice from an iterator over {@link #get}. None that is there all the
 * time is left out.
 *
 * <p>Thread-safe, but for one that was opened in a transaction: what {@link KVMap} says of that, of a drop, and of
 * errors, holds here too, except that {@link #clear} drops the buckets in a transaction as well, once it is committed.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class KVMultimap<K, V> {
    private final MultimapEntries entries;
    private final Binding binding;
    private final Codec<K> keys;
    private final Codec<V> values;

    KVMultimap(MultimapEntries entries, Binding binding, Codec<K> keys, Codec<V> values) {
        this.entries = entries;
        this.binding = binding;
        this.keys = keys;
        this.values = values;
    }

    /**
     * The name that the multimap was opened by.
     *
     * @return the name
     */
    public String name() {
        return binding.name();
    }

    /**
     * Adds a value to those of a key.
     *
     * @param key not null
     * @param value not null
     * @return true if the key did not have it
     */
    public boolean put(K key, V value) {
        return entries.put(keys.encode(key, "key"), values.encode(value, "value"));
    }

    /**
     * The values of a key: a live view, to which values can be added as well. Costs nothing by itself.
     *
     * @param key not null
     * @return empty as long as the key has none
     */
    public Set<V> get(K key) {
        return new MultimapValues<>(entries, keys.encode(key, "key"), keys, values);
    }

    /**
     * Removes a value of a key.
     *
     * @param key not null
     * @param value not null
     * @return true if the key had it
     */
    public boolean remove(K key, V value) {
        return entries.remove(keys.encode(key, "key"), values.encode(value, "value"));
    }

    /**
     * Removes all values of a key: as one up to 4096, in parts of that size beyond.
     *
     * @param key not null
     * @return true if it had any
     */
    public boolean removeAll(K key) {
        return entries.removeAll(keys.encode(key, "key"));
    }

    /**
     * Whether a key has a value.
     *
     * @param key not null
     * @param value not null
     * @return true if so
     */
    public boolean containsEntry(K key, V value) {
        return entries.contains(keys.encode(key, "key"), values.encode(value, "value"));
    }

    /**
     * Whether a key has any value.
     *
     * @param key not null
     * @return true if so
     */
    public boolean containsKey(K key) {
        return entries.containsKey(keys.encode(key, "key"));
    }

    /**
     * The keys that have values: a live view. To remove a key from it is {@link #removeAll}; keys cannot be added.
     *
     * @return the keys
     */
    public Set<K> keySet() {
        return new Keys();
    }

    /**
     * Does something with each entry, in no order.
     *
     * @param action is given key and value
     */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        Objects.requireNonNull(action, "action");
        Iterator<Runnable> each = new ScanIterator<>(
                entries.entries(),
                (entry, slot) -> {
                    byte[] key = MultimapKeys.keyOf(entry);
                    K k = keys.decode(key, "key");
                    V v = values.decodeUnder(MultimapKeys.valueOf(entry), key, keys);
                    return () -> action.accept(k, v);
                },
                entry -> {});
        each.forEachRemaining(Runnable::run);
    }

    /**
     * The number of entries: each value of each key counts.
     *
     * @return at most {@link Integer#MAX_VALUE}
     */
    public int size() {
        return (int) Math.min(entries.size(), Integer.MAX_VALUE);
    }

    /**
     * Whether there is no entry.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return entries.size() == 0;
    }

    /** Removes all entries as one, whatever their number. */
    public void clear() {
        entries.clear();
    }

    @Override
    public String toString() {
        return "KVMultimap[" + name() + "]";
    }

    private final class Keys extends AbstractSet<K> {
        @Override
        public Iterator<K> iterator() {
            return new ScanIterator<>(entries.keys(), (key, count) -> keys.decode(key, "key"), entries::removeAll);
        }

        @Override
        public Spliterator<K> spliterator() {
            return Spliterators.spliteratorUnknownSize(
                    iterator(), Spliterator.CONCURRENT | Spliterator.NONNULL | Spliterator.DISTINCT);
        }

        @Override
        public boolean contains(Object key) {
            byte[] bytes = keys.encodeAny(key, "key");
            return bytes != null && entries.containsKey(bytes);
        }

        @Override
        public boolean remove(Object key) {
            byte[] bytes = keys.encodeAny(key, "key");
            return bytes != null && entries.removeAll(bytes);
        }

        @Override
        public int size() {
            return (int) Math.min(entries.keyCount(), Integer.MAX_VALUE);
        }

        @Override
        public boolean isEmpty() {
            return entries.size() == 0;
        }

        @Override
        public void clear() {
            entries.clear();
        }
    }
}
