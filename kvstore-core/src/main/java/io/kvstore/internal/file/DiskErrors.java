package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells a full disk from other errors of the real file system. */
final class DiskErrors {
    /** With less room than this a failure is put down to the lack of it. */
    private static final long LEAST_USABLE = 64 << 10;

    private DiskErrors() {}

    /**
     * The error to throw. The JDK hands on only the text of the operating system's error, in the language of the user:
     * where it is not that of Linux, macOS or Windows in English, what room is left decides. That may be wrong where
     * the disk is nearly full besides, so the message holds the text too.
     *
     * @param e what the JDK threw
     * @param what was done, to be followed by the path
     * @param path to which file or directory
     * @param neededBytes how much room it takes
     * @return {@link NoSpaceException} or another, with the path in its message; an exception whose class says what is
     *     wrong, as {@link java.nio.file.AccessDeniedException} does, comes back as it is
     */
    static IOException translate(IOException e, String what, Path path, long neededBytes) {
        if (e instanceof FileSystemException && e.getClass() != FileSystemException.class) {
            return e;
        }
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean noSpace = text.contains("no space left")
                || text.contains("quota")
                || text.contains("not enough space")
                || usableBytes(path) < Math.max(neededBytes, LEAST_USABLE);
        String message = what + " " + path;
        if (noSpace) {
            return new NoSpaceException(message + ": no room on the file system (" + e.getMessage() + ")", e);
        }
        return e instanceof FileSystemException ? e : new IOException(message + ": " + e.getMessage(), e);
    }

    private static long usableBytes(Path path) {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        try {
            return Files.getFileStore(parent == null ? absolute : parent).getUsableSpace();
        } catch (IOException e) {
            // Whatever is wrong with the file system, it is not a lack of room that we know of.
            return Long.MAX_VALUE;
        }
    }
}
