package io.kvstore.internal.engine;

import io.kvstore.KVStore;

/** The only handle on a store, as stores in memory have several: for tests that set the store up themselves. */
public final class OnlyHandle {
    private OnlyHandle() {}

    /** A handle that closes the store with itself. */
    public static KVStore on(FileStore store) {
        return new HandleStore(new Handle("test", false), store, store::close);
    }
}
