package io.kvstore.internal.file;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import java.io.IOException;

/** Turns errors of the file layer into those that callers of the store see. */
public final class FileErrors {
    private FileErrors() {}

    /**
     * The error for the caller.
     *
     * @param cause of the file layer; its message says what was done to which file
     * @param consequence what that means for the caller's data
     * @return an error of code {@link KVErrorCode#NO_SPACE} or {@link KVErrorCode#IO_ERROR}
     */
    public static KVException toStoreError(IOException cause, String consequence) {
        if (cause instanceof NoSpaceException) {
            return new KVNoSpaceException(
                    cause.getMessage() + ": no room on the file system; " + consequence
                            + "; free some space and try again",
                    cause);
        }
        String what = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new KVException(KVErrorCode.IO_ERROR, what + ": " + consequence + "; check the disk", cause);
    }
}
