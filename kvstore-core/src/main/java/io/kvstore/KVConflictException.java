package io.kvstore;

/**
 * A transaction has read what somebody else has changed since. Nothing of it was written; trying the whole transaction
 * again, with new reads, is the remedy, and {@link KVStore#transact} does it.
 */
public final class KVConflictException extends KVException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an error of code {@link KVErrorCode#CONFLICT}.
     *
     * @param message what, where, and what to do
     */
    public KVConflictException(String message) {
        super(KVErrorCode.CONFLICT, message);
    }
}
