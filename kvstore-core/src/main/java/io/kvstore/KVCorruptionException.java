package io.kvstore;

import org.jspecify.annotations.Nullable;

/** A file of the store does not hold the bytes that were written to it. The message names the file and the offset. */
public final class KVCorruptionException extends KVException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an error of code {@link KVErrorCode#CORRUPTION}.
     *
     * @param message what, where, and what to do
     * @param cause the error below it, or null
     */
    public KVCorruptionException(String message, @Nullable Throwable cause) {
        super(KVErrorCode.CORRUPTION, message, cause);
    }
}
