package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVConflictException;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The store itself: each call counts at once. Thread-safe. */
final class StoreScope implements Scope {
    /** So many conflicts in a row are met by trying again at once. */
    private static final int EAGER_TRIES = 3;

    private static final int MAX_PAUSE_SHIFT = 10;

    private final KVStore store;

    StoreScope(KVStore store) {
        this.store = store;
    }

    @Override
    public KVBucket bucket(String name) {
        return store.bucket(name);
    }

    /**
     * Tries until it succeeds. Each conflict is the success of another thread, so that all together make progress; and
     * the work is a few lookups and writes, over in microseconds, so that pauses at random let everybody through.
     */
    @Override
    public <T extends @Nullable Object> T atomically(Function<Buckets, T> work) {
        for (int tries = 1; ; tries++) {
            try (KVTransaction tx = store.begin()) {
                T result = work.apply(tx::bucket);
                tx.commit();
                return result;
            } catch (KVConflictException e) {
                pause(tries);
            }
        }
    }

    private static void pause(int tries) {
        if (tries <= EAGER_TRIES) {
            Thread.onSpinWait();
        } else {
            long mostNanos = 1_000L << Math.min(tries - EAGER_TRIES, MAX_PAUSE_SHIFT);
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(mostNanos));
        }
    }

    @Override
    public KVBucket latest(String name) {
        return store.bucket(name);
    }

    @Override
    public void empty(KVBucket bucket) {
        store.dropBucket(bucket.name());
    }

    @Override
    public void dropUnreferenced(String bucketName) {
        Catalog.dropUnreferenced(store, bucketName);
    }

    @Override
    public void wake(String bucketName) {
        Waiting.on(bucketName).wake();
    }

    @Override
    public NavigableMap<Long, byte[]> pendingAdds(QueueBuckets queue) {
        return Collections.emptyNavigableMap();
    }

    @Override
    public long nextPending() {
        throw new IllegalStateException("nothing is pending outside of a transaction");
    }

    @Override
    public boolean isTransaction() {
        return false;
    }

    @Override
    public void requireActive() {
        // The store itself tells when it is closed.
    }
}
