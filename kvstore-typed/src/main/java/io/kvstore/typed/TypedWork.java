package io.kvstore.typed;

import org.jspecify.annotations.Nullable;

/**
 * What {@link TypedStore#transact} does in a transaction.
 *
 * @param <T> type of the result
 * @param <E> type of the checked exceptions it throws; none if it throws none
 */
@FunctionalInterface
public interface TypedWork<T extends @Nullable Object, E extends Exception> {
    /**
     * Reads and writes. May run several times, each time in a new transaction.
     *
     * @param tx opens collections inside the transaction, which the caller commits
     * @return the result
     * @throws E to roll back
     */
    T run(TypedTransaction tx) throws E;
}
