package io.kvstore.internal.format;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;

/** The version of the file format, written into every file. Until 1.0 each change raises it and reads no older one. */
public final class FormatVersion {
    /** The version that this code writes and reads. */
    public static final int CURRENT = 2;

    private FormatVersion() {}

    /**
     * Refuses a file of another version, by name.
     *
     * @param file for the message
     * @param version what the file says
     * @throws KVException with code {@link KVErrorCode#UNSUPPORTED_FORMAT}
     */
    public static void require(String file, int version) {
        if (version != CURRENT) {
            throw new KVException(
                    KVErrorCode.UNSUPPORTED_FORMAT,
                    file + " has format version " + Integer.toUnsignedString(version)
                            + "; this version of kvstore reads " + CURRENT
                            + ": open it with the version of kvstore that wrote it");
        }
    }
}
