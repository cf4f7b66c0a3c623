package io.kvstore;

import org.jspecify.annotations.Nullable;

/** The directory is open already; the message names the process id of the holder. */
public final class KVLockedException extends KVException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an error of code {@link KVErrorCode#LOCKED}.
     *
     * @param message what, where, and what to do
     * @param cause the error below it, or null
     */
    public KVLockedException(String message, @Nullable Throwable cause) {
        super(KVErrorCode.LOCKED, message, cause);
    }
}
