package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One transaction: what is written counts when it is committed. Collects what is to be done right before and right
 * after that. Belongs to one thread at a time, as the transaction does.
 */
final class TransactionScope implements Scope {
    private final KVStore store;
    private final KVTransaction tx;
    private final Map<QueueBuckets, NavigableMap<Long, byte[]>> adds = new LinkedHashMap<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private long pendingNumbers;

    TransactionScope(KVStore store, KVTransaction tx) {
        this.store = store;
        this.tx = tx;
    }

    @Override
    public KVBucket bucket(String name) {
        return tx.bucket(name);
    }

    @Override
    public <T extends @Nullable Object> T atomically(Function<Buckets, T> work) {
        return work.apply(this);
    }

    @Override
    public KVBucket latest(String name) {
        return store.bucket(name);
    }

    @Override
    public void empty(KVBucket bucket) {
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                bucket.delete(cursor.key());
            }
        }
    }

    @Override
    public void dropUnreferenced(String bucketName) {
        afterCommit.add(() -> Catalog.dropUnreferenced(store, bucketName));
    }

    @Override
    public void wake(String bucketName) {
        afterCommit.add(() -> Waiting.on(bucketName).wake());
    }

    @Override
    public NavigableMap<Long, byte[]> pendingAdds(QueueBuckets queue) {
        return adds.computeIfAbsent(queue, key -> new TreeMap<>());
    }

    @Override
    public long nextPending() {
        return pendingNumbers++;
    }

    @Override
    public boolean isTransaction() {
        return true;
    }

    @Override
    public void requireActive() {
        tx.bucket(Catalog.BUCKET);
    }

    /**
     * Gives the elements that were added their numbers. That late, so that the transaction conflicts with others that
     * add to the same queue only if they commit between this and its own commit.
     */
    void beforeCommit() {
        adds.forEach((queue, elements) -> {
            if (!elements.isEmpty()) {
                queue.append(this, elements.values());
                wake(queue.elements());
            }
        });
    }

    void afterCommit() {
        afterCommit.forEach(Runnable::run);
    }
}
