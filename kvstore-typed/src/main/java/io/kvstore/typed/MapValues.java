package io.kvstore.typed;

import java.util.AbstractCollection;
import java.util.Iterator;

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

    @Override
    public boolean contains(Object value) {
        return map.containsValue(value);
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
