package io.kvstore.typed;

import io.kvstore.KVException;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/**
 * The values of one key of a multimap, live: empty as long as the key has none. As thread-safe as the multimap.
 *
 * <p>An iterator goes from the last slot to the first. What a removal moves, it moves into a lower slot: so nothing is
 * passed by that was there all the time, and the iterator's own removals move only what it has shown.
 */
final class MultimapValues<V> extends AbstractSet<V> {
    private final MultimapEntries entries;
    private final byte[] key;
    private final Codec<?> keys;
    private final Codec<V> values;

    MultimapValues(MultimapEntries entries, byte[] key, Codec<?> keys, Codec<V> values) {
        this.entries = entries;
        this.key = key;
        this.keys = keys;
        this.values = values;
    }

    @Override
    public boolean add(V value) {
        return entries.put(key, values.encode(value, "value"));
    }

    /** {@inheritDoc} Others may add and remove meanwhile, so that it knows no size. */
    @Override
    public Spliterator<V> spliterator() {
        return Spliterators.spliteratorUnknownSize(iterator(), Spliterator.CONCURRENT | Spliterator.NONNULL);
    }

    @Override
    public boolean contains(Object value) {
        byte[] bytes = values.encodeAny(value, "value");
        return bytes != null && entries.contains(key, bytes);
    }

    @Override
    public boolean remove(Object value) {
        byte[] bytes = values.encodeAny(value, "value");
        return bytes != null && entries.remove(key, bytes);
    }

    @Override
    public int size() {
        return (int) Math.min(entries.count(key), Integer.MAX_VALUE);
    }

    @Override
    public boolean isEmpty() {
        return !entries.containsKey(key);
    }

    @Override
    public void clear() {
        entries.removeAll(key);
    }

    @Override
    public Iterator<V> iterator() {
        return new Downward(entries.count(key));
    }

    /** From the last slot to the first. Belongs to one thread. */
    private final class Downward implements Iterator<V> {
        private long slot;
        private byte @Nullable [] ahead;
        private byte @Nullable [] last;

        Downward(long count) {
            slot = count;
        }

        @Override
        public boolean hasNext() {
            while (ahead == null && slot > 0) {
                slot--;
                try {
                    ahead = entries.value(key, slot);
                } catch (KVException e) {
                    // As in ScanIterator.
                    last = null;
                    throw e;
                }
            }
            return ahead != null;
        }

        @Override
        public V next() {
            byte[] value = hasNext() ? ahead : null;
            if (value == null) {
                throw new NoSuchElementException("no more values");
            }
            ahead = null;
            last = value;
            return values.decodeUnder(value, key, keys);
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("next() was not called since the last remove()");
            }
            entries.remove(key, last);
            last = null;
        }
    }
}
