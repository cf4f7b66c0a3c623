package io.kvstore.typed;

import io.kvstore.KVStore;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The collections of one store that were opened, by id, so that a drop can tell all handles on them, whichever
 * {@link TypedStore} has given them. That is all it is for: what is in a collection never depends on it.
 *
 * <p>There is one for each {@link KVStore} object, found by a static map: nobody else knows all typed stores of a
 * store, and none of them is ever closed. The map holds the stores weakly, and what it holds does not know them, so
 * that both go together. Thread-safe.
 */
final class Bindings {
    private static final Map<KVStore, Bindings> BY_STORE = Collections.synchronizedMap(new WeakHashMap<>());

    private final ConcurrentMap<Long, Binding> byId = new ConcurrentHashMap<>();

    static Bindings of(KVStore store) {
        return BY_STORE.computeIfAbsent(store, key -> new Bindings());
    }

    @Nullable
    Binding find(long id) {
        return byId.get(id);
    }

    /** Adds the binding of a collection that was just opened, unless another thread has. */
    Binding add(String name, CatalogEntry entry) {
        return byId.computeIfAbsent(entry.id(), id -> new Binding(name, entry));
    }

    /** Tells the handles that their collection is gone; called after it is. */
    void drop(long id) {
        Binding binding = byId.remove(id);
        if (binding != null) {
            binding.markDropped();
        }
    }
}
