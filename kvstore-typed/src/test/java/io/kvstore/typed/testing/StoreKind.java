package io.kvstore.typed.testing;

import io.kvstore.KVStore;
import java.nio.file.Path;

/** The kinds of store that the collections are tested over, opened by URL. */
public enum StoreKind {
    FILE("kvstore:file:"),
    MEMORY("kvstore:mem:");

    private final String prefix;

    StoreKind(String prefix) {
        this.prefix = prefix;
    }

    /** Opens a store in a directory; one in memory is named after it. */
    public KVStore open(Path directory) {
        return KVStore.open(prefix + directory);
    }

    /** Closes a store and opens it again; one in memory the other way round, or it would be gone. */
    public KVStore reopen(KVStore store, Path directory) {
        if (this == MEMORY) {
            KVStore again = open(directory);
            store.close();
            return again;
        }
        store.close();
        return open(directory);
    }
}
