package io.kvstore.internal.engine;

import io.kvstore.KVBackupOptions;
import io.kvstore.KVBackupProgress;
import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import io.kvstore.KVVerifyProgress;
import io.kvstore.KVVerifyReport;
import io.kvstore.KVWork;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of several handles on a store: closing it ends what came through it, and nothing else. It waits for the verbs
 * under way; a merge, a backup or a check that was begun through it goes on, unless the store closes with its last
 * handle. Thread-safe.
 */
final class HandleStore extends HandleBucket implements KVStore {
    private final FileStore store;
    private final Runnable atClose;

    /** Not a lock: a listener of a backup may close the handle while the close of another thread waits for it. */
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * An open handle.
     *
     * @param handle whether it is open
     * @param store that it shares
     * @param atClose gives it up
     */
    HandleStore(Handle handle, FileStore store, Runnable atClose) {
        super(handle, store, true);
        this.store = store;
        this.atClose = atClose;
    }

    @Override
    public KVBucket bucket(String name) {
        return new HandleBucket(handle, handle.call(() -> store.bucket(name)), true);
    }

    @Override
    public Set<String> bucketNames() {
        return handle.call(store::bucketNames);
    }

    @Override
    public boolean dropBucket(String name) {
        return handle.call(() -> {
            handle.requireWritable();
            return store.dropBucket(name);
        });
    }

    @Override
    public KVBatch batch() {
        return new HandleBatch(handle, handle.call(store::batch));
    }

    @Override
    public KVTransaction begin() {
        return new HandleTransaction(handle, (Transaction) handle.call(store::begin));
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T transact(KVWork<T, E> work) throws E {
        return Retries.run(this::begin, work);
    }

    @Override
    public void sync() {
        handle.run(store::sync);
    }

    @Override
    public void merge() {
        handle.requireOpen();
        handle.requireWritable();
        store.merge();
    }

    @Override
    public KVBackupProgress backup(Path directory, KVBackupOptions options) {
        handle.requireOpen();
        return store.backup(directory, options);
    }

    @Override
    public KVVerifyReport verify(Consumer<KVVerifyProgress> listener) {
        handle.requireOpen();
        return store.verify(listener);
    }

    @Override
    public KVStats stats() {
        return handle.call(store::stats);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            handle.close();
            atClose.run();
        }
    }

    @Override
    public String toString() {
        return "KVStore[" + handle + "]";
    }
}
