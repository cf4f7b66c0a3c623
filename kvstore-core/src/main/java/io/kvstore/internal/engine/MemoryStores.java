package io.kvstore.internal.engine;

import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The stores in memory that are open, by name. Thread-safe. */
final class MemoryStores {
    private final String prefix;
    private final ConcurrentMap<String, SharedStore> open = new ConcurrentHashMap<>();

    /**
     * No stores.
     *
     * @param prefix of their names in messages
     */
    MemoryStores(String prefix) {
        this.prefix = prefix;
    }

    /** A handle on the store of a name, which is made if nobody has it open. */
    KVStore open(String name, KVOptions options) {
        for (; ; ) {
            SharedStore shared = open.computeIfAbsent(
                    name, absent -> new SharedStore(prefix + name, ended -> open.remove(name, ended)));
            KVStore handle = shared.open(options);
            if (handle != null) {
                return handle;
            }
            // Its last handle was closed at this moment: the next one under this name is another store.
            open.remove(name, shared);
        }
    }

    /** The names of the stores that are open. */
    Set<String> names() {
        return Set.copyOf(open.keySet());
    }
}
