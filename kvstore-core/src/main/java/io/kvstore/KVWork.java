package io.kvstore;

import org.jspecify.annotations.Nullable;

/**
 * What {@link KVStore#transact} does in a transaction.
 *
 * @param <T> type of the result
 * @param <E> type of the checked exceptions it throws; none if it throws none
 */
@FunctionalInterface
public interface KVWork<T extends @Nullable Object, E extends Exception> {
    /**
     * Reads and writes. May run several times, each time in a new transaction.
     *
     * @param tx the transaction, which the caller commits
     * @return the result
     * @throws E to roll back
     */
    T run(KVTransaction tx) throws E;
}
