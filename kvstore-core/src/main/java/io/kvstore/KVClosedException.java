package io.kvstore;

import org.jspecify.annotations.Nullable;

/** The store was closed before, or while, the operation ran. Open it again to go on. */
public final class KVClosedException extends KVException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an error of code {@link KVErrorCode#CLOSED}.
     *
     * @param message what, where, and what to do
     * @param cause the error below it, or null
     */
    public KVClosedException(String message, @Nullable Throwable cause) {
        super(KVErrorCode.CLOSED, message, cause);
    }
}
