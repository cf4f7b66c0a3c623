package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.file.MemoryDirectory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory with its handles: made with the first, closed with the last, and never used again after that. Owns
 * the store and its memory. Thread-safe.
 */
final class SharedStore {
    private final String name;
    private final Consumer<SharedStore> atEnd;
    private final MemoryDirectory directory;

    /** Guarded by this. */
    private @Nullable FileStore store;

    /** Guarded by this. */
    private int handles;

    /** Whether the last handle was closed, or the first could not be made. Guarded by this. */
    private boolean ended;

    /**
     * One without a store yet.
     *
     * @param name for messages
     * @param atEnd is told when it cannot be opened any more
     */
    SharedStore(String name, Consumer<SharedStore> atEnd) {
        this.name = name;
        this.atEnd = atEnd;
        this.directory = new MemoryDirectory(path(name));
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            // For messages only.
            return Path.of(name.replaceAll("[^A-Za-z0-9._-]", "_"));
        }
    }

    /**
     * Makes a handle. The options of the first count for all, but for whether it is read-only.
     *
     * @return null if the last handle was closed meanwhile
     */
    synchronized @Nullable KVStore open(KVOptions options) {
        if (ended) {
            return null;
        }
        FileStore opened = store;
        if (opened == null) {
            opened = make(options);
            store = opened;
        }
        handles++;
        return new HandleStore(new Handle(name, options.readOnly()), opened, this::release);
    }

    private FileStore make(KVOptions options) {
        boolean made = false;
        try {
            if (options.readOnly()) {
                throw new KVException(
                        KVErrorCode.STORE_NOT_FOUND,
                        "no store " + name + " is open: open it without the option readOnly first, which makes it");
            }
            FileStore opened = FileStore.open(directory, options);
            made = true;
            return opened;
        } finally {
            if (!made) {
                end();
            }
        }
    }

    private void end() {
        ended = true;
        atEnd.accept(this);
    }

    /** Gives a handle up. The last one closes the store, outside the lock: who comes then makes another. */
    private void release() {
        FileStore last;
        synchronized (this) {
            if (--handles > 0) {
                return;
            }
            end();
            last = store;
            store = null;
        }
        try {
            if (last != null) {
                last.close();
            }
        } finally {
            directory.free();
        }
    }
}
