package io.kvstore.typed;

import io.kvstore.KVConflictException;
import io.kvstore.KVTransaction;

/**
 * Opens collections inside a transaction: all that is done to them counts together or not at all, as if nobody else had
 * done anything meanwhile. {@link TypedStore#transact} makes it; see {@link KVTransaction} for what may conflict.
 *
 * <p>{@code size}, {@code isEmpty}, iterators, {@code clear} and {@code containsValue} of a collection read the whole
 * of it, so that any write of others to it is a conflict. Collections that were opened here see what the transaction
 * has written; those of the store do not, before it is committed. A collection that is made here stays, as an empty
 * one, if the transaction is rolled back.
 *
 * <p>Belongs to one thread, like the collections that it opens; all of them throw {@link IllegalStateException} after
 * the end of the transaction.
 */
public final class TypedTransaction extends CollectionFactory {
    private final TypedStore typed;
    private final KVTransaction tx;
    private final TransactionScope scope;

    TypedTransaction(TypedStore typed, KVTransaction tx, TransactionScope scope) {
        super(typed.serializers(), scope);
        this.typed = typed;
        this.tx = tx;
        this.scope = scope;
    }

    /** Reads the entry of the collection in the transaction too, so that a drop by others is a conflict. */
    @Override
    Binding bind(String name, Shape shape) {
        scope.requireActive();
        Binding binding = typed.bind(name, shape);
        if (binding.entry().id() != 0) {
            byte[] entry = tx.bucket(Catalog.BUCKET).get(Catalog.key(name));
            if (entry == null || CatalogEntry.id(entry) != binding.entry().id()) {
                throw new KVConflictException(
                        binding.label() + " was dropped while the transaction opened it: try the transaction again");
            }
        }
        return binding;
    }
}
