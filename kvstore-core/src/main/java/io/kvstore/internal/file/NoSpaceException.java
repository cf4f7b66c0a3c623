package io.kvstore.internal.file;

import java.io.IOException;

/** The file system has no room left, or the quota of the user is used up. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message what was written where
     * @param cause what the operating system said
     */
    public NoSpaceException(String message, IOException cause) {
        super(message, cause);
    }
}
