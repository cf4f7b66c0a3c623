package io.kvstore.testing;

import io.kvstore.KVStore;
import java.nio.file.Path;

/** The kinds of store that keep one contract, opened by URL. */
public enum StoreKind {
    FILE("kvstore:file:"),
    MEMORY("kvstore:mem:");

    private final String prefix;

    StoreKind(String prefix) {
        this.prefix = prefix;
    }

    /** The URL of the store in a directory; one in memory is named after it. */
    public String url(Path directory) {
        return prefix + directory;
    }

    /** Opens a store with options as in a URL. */
    public KVStore open(Path directory, String options) {
        return KVStore.open(options.isEmpty() ? url(directory) : url(directory) + "?" + options);
    }

    /** Closes a store and opens it again; one in memory the other way round, or it would be gone. */
    public KVStore reopen(KVStore store, Path directory, String options) {
        if (this == MEMORY) {
            KVStore again = open(directory, options);
            store.close();
            return again;
        }
        store.close();
        return open(directory, options);
    }
}
