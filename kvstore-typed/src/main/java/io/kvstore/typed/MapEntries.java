package io.kvstore.typed;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;

/** The entries of a map, live. As thread-safe as the map. */
final class MapEntries<K, V> extends AbstractSet<Entry<K, V>> {
    private final KVMap<K, V> map;

    MapEntries(KVMap<K, V> map) {
        this.map = map;
    }

    @Override
    public Iterator<Entry<K, V>> iterator() {
        return map.entryIterator();
    }

    /** {@inheritDoc} Others may add and remove meanwhile, so that it knows no size. */
    @Override
    public Spliterator<Entry<K, V>> spliterator() {
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.CONCURRENT | Spliterator.NONNULL | Spliterator.DISTINCT);
    }

    @Override
    public boolean contains(Object object) {
        return object instanceof Map.Entry<?, ?> entry
                && entry.getKey() != null
                && entry.getValue() != null
                && map.hasEntry(entry.getKey(), entry.getValue());
    }

    @Override
    public boolean remove(Object object) {
        return object instanceof Map.Entry<?, ?> entry
                && entry.getKey() != null
                && entry.getValue() != null
                && map.remove(entry.getKey(), entry.getValue());
    }

    /** Removes an entry only if it still has the value that was tested. */
    @Override
    public boolean removeIf(Predicate<? super Entry<K, V>> filter) {
        Objects.requireNonNull(filter, "filter");
        boolean removed = false;
        for (Entry<K, V> entry : this) {
            removed |= filter.test(entry) && map.remove(entry.getKey(), entry.getValue());
        }
        return removed;
    }

    @Override
    public boolean removeAll(Collection<?> collection) {
        Objects.requireNonNull(collection, "collection");
        return removeIf(collection::contains);
    }

    @Override
    public boolean retainAll(Collection<?> collection) {
        Objects.requireNonNull(collection, "collection");
        return removeIf(entry -> !collection.contains(entry));
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public boolean isEmpty() {
        return map.isEmpty();
    }

    @Override
    public void clear() {
        map.clear();
    }
}
