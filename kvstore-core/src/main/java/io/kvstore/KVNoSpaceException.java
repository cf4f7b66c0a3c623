package io.kvstore;

import org.jspecify.annotations.Nullable;

/**
 * The file system, or for a store in memory the heap, has no room for the write. Nothing was written and nothing is
 * lost; reads go on, and writes work again once there is room, without reopening.
 */
public final class KVNoSpaceException extends KVException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an error of code {@link KVErrorCode#NO_SPACE}.
     *
     * @param message what, where, and what to do
     * @param cause the error below it, or null
     */
    public KVNoSpaceException(String message, @Nullable Throwable cause) {
        super(KVErrorCode.NO_SPACE, message, cause);
    }
}
