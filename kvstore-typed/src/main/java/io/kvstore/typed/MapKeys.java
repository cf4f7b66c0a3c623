package io.kvstore.typed;

import java.util.AbstractSet;
import java.util.Iterator;

/** The keys of a map, live. As thread-safe as the map. */
final class MapKeys<K> extends AbstractSet<K> {
    private final KVMap<K, ?> map;

    MapKeys(KVMap<K, ?> map) {
        this.map = map;
    }

    @Override
    public Iterator<K> iterator() {
        return map.keyIterator();
    }

    @Override
    public boolean contains(Object key) {
        return map.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
        return map.removeKey(key);
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
