package io.kvstore.internal.file;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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
                    cause.getMessage() + ": " + consequence + "; free some space and try again", cause);
        }
        return new KVException(
                KVErrorCode.IO_ERROR, describe(cause) + ": " + consequence + "; " + remedy(cause), cause);
    }

    private static String remedy(IOException cause) {
        if (String.valueOf(cause.getMessage()).contains("Too many open files")) {
            return "raise the limit of open files of the process (ulimit -n), or close what is not used";
        }
        return cause instanceof FileSystemException ? "check the path and its permissions" : "check the disk";
    }

    /** The messages of the JDK's own exceptions are often the bare path. */
    private static String describe(IOException cause) {
        if (cause instanceof AccessDeniedException e) {
            return "access to " + e.getFile() + " is denied";
        } else if (cause instanceof NoSuchFileException e) {
            return "there is no " + e.getFile();
        } else if (cause instanceof DirectoryNotEmptyException e) {
            return e.getFile() + " is a directory that is not empty, in the place of a file";
        } else if (cause instanceof FileSystemException e && e.getReason() == null) {
            return cause.toString();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
