package io.kvstore.typed;

import io.kvstore.KVConflictException;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Typed collections in a store: maps, sets, queues, counters and multimaps, by name.
 *
 * <pre>{@code
 * try (KVStore store = KVStore.open(dir)) {
 *     TypedStore typed = TypedStore.of(store);
 *     KVMap<String, Order> orders = typed.map("orders", String.class, Order.class);
 *     KVQueue<Job> jobs = typed.queue("jobs", Job.class);
 *     typed.transact(tx -> {
 *         tx.map("orders", String.class, Order.class).put(order.id(), order);
 *         return tx.queue("jobs", Job.class).add(new Job(order.id()));
 *     });
 * }
 * }</pre>
 *
 * <p>Owns nothing that would have to be closed: it is good as long as the store is open. What is in a collection is in
 * the store alone, so any number of objects of this class, and handles on collections, may be used side by side. Raw
 * buckets of the store are apart, as long as their names do not begin with {@code typed:}. Thread-safe.
 */
public final class TypedStore extends CollectionFactory {
    private final KVStore store;
    private final Catalog catalog;

    private final Bindings bindings;

    private TypedStore(KVStore store) {
        super(new SerializerCache(), new StoreScope(store));
        this.store = store;
        this.catalog = new Catalog(store);
        this.bindings = Bindings.of(store);
    }

    /**
     * The typed collections of a store. Removes what a crash has left of a drop or a clear, and so costs a look at the
     * names of all buckets and collections; keep it.
     *
     * @param store stays the caller's to close
     * @return a new object
     * @throws KVException as any read and write, see {@link io.kvstore.KVBucket}
     */
    public static TypedStore of(KVStore store) {
        TypedStore typed = new TypedStore(Objects.requireNonNull(store, "store"));
        typed.catalog.sweep();
        return typed;
    }

    @Override
    Binding bind(String name, Shape shape) {
        Objects.requireNonNull(name, "name");
        for (; ; ) {
            CatalogEntry entry = catalog.open(name, shape);
            if (entry.id() == 0) {
                return new Binding(name, entry);
            }
            Binding known = bindings.find(entry.id());
            if (known != null) {
                return known;
            }
            Binding added = bindings.add(name, entry);
            if (catalog.has(name, entry.id())) {
                // A drop that comes later finds the binding and marks it.
                return added;
            }
            bindings.drop(entry.id());
        }
    }

    /**
     * The collections that there are. Each costs a lookup or two.
     *
     * @return an immutable snapshot, by name
     */
    public List<CollectionInfo> collections() {
        List<CollectionInfo> infos = new ArrayList<>();
        catalog.all().forEach((name, entry) -> {
            Shape shape = entry.shape();
            BucketPart counted = BucketPart.of(shape.kind()).get(0);
            infos.add(new CollectionInfo(
                    name,
                    shape.kind(),
                    shape.keyId(),
                    shape.valueId(),
                    shape.keyType(),
                    shape.valueType(),
                    store.bucket(counted.bucketName(entry.id(), entry.generation()))
                            .size()));
        });
        return List.copyOf(infos);
    }

    /**
     * Removes a collection with all that is in it, whatever its size; the name is free for another one of any kind. Is
     * done at one moment; what a crash right after that leaves is removed by the next {@link #of}.
     *
     * <p>Handles on the collection throw {@link IllegalStateException} from then on. Of a store in memory that was
     * opened several times, only those of this {@link KVStore} object do; what is written through others is lost.
     *
     * @param name of the collection
     * @return true if there was one
     * @throws KVException with code {@link io.kvstore.KVErrorCode#INVALID_BUCKET_NAME} if it cannot be a name
     */
    public boolean drop(String name) {
        CatalogEntry removed = catalog.remove(Objects.requireNonNull(name, "name"));
        if (removed == null) {
            return false;
        }
        // Before the buckets go: what is written by a handle that has not seen it goes with them.
        bindings.drop(removed.id());
        catalog.dropBuckets(removed);
        return true;
    }

    /**
     * Runs some work in a transaction over any collections, and commits it; serializable. After a conflict tries again
     * in a new transaction, up to 100 times in all, as {@link KVStore#transact} does.
     *
     * @param work reads and writes through the collections that it opens from its argument (handles from outside take
     *     no part in it); runs once for each try, so that it should have no other effects
     * @param <T> type of the result
     * @param <E> type of the checked exceptions that the work throws
     * @return what the work has returned in the try that was committed
     * @throws KVConflictException of the last try
     * @throws E if the work throws it; nothing was written
     */
    public <T extends @Nullable Object, E extends Exception> T transact(TypedWork<T, E> work) throws E {
        Objects.requireNonNull(work, "work");
        AtomicReference<@Nullable TransactionScope> last = new AtomicReference<>();
        T result = store.<T, E>transact(tx -> {
            TransactionScope scope = new TransactionScope(store, tx);
            T done = work.run(new TypedTransaction(this, tx, scope));
            scope.beforeCommit();
            last.set(scope);
            return done;
        });
        TransactionScope committed = last.get();
        if (committed != null) {
            committed.afterCommit();
        }
        return result;
    }

    @Override
    public String toString() {
        return "TypedStore[" + store + "]";
    }
}
