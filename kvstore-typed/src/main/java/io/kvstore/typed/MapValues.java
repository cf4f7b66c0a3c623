package io.kvstore.typed;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;

/** The values of a map, live. As thread-safe as the map. */
final class MapValues<V> extends AbstractCollection<V> {
    private final KVMap<?, V> map;

    MapValues(KVMap<?, V> map) {
        this.map = map;
    }

    @Override
    public Iterator<V> iterator() {
        return map.valueIterator();
    }

    /** {@inheritDoc} Others may add and remove meanwhile, so that it knows no size. */
    @Override
    public Spliterator<V> spliterator() {
        return Spliterators.spliteratorUnknownSize(iterator(), Spliterator.CONCURRENT | Spliterator.NONNULL);
    }

    @Override
    public boolean contains(Object value) {
        return map.containsValue(value);
    }

    /** Removes an entry that has the bytes of an object for its value, if there is one. Goes over the entries. */
    @Override
    public boolean remove(Object value) {
        Objects.requireNonNull(value, "value");
        for (Iterator<?> keys = map.keyIterator(); keys.hasNext(); ) {
            if (map.remove(keys.next(), value)) {
                return true;
            }
        }
        return false;
    }

    /** Removes an entry only if it still has the value that was tested. */
    @Override
    public boolean removeIf(Predicate<? super V> filter) {
        Objects.requireNonNull(filter, "filter");
        return map.entrySet().removeIf(entry -> filter.test(entry.getValue()));
    }

    @Override
    public boolean removeAll(Collection<?> collection) {
        Objects.requireNonNull(collection, "collection");
        return removeIf(collection::contains);
    }

    @Override
    public boolean retainAll(Collection<?> collection) {
        Objects.requireNonNull(collection, "collection");
        return removeIf(value -> !collection.contains(value));
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
