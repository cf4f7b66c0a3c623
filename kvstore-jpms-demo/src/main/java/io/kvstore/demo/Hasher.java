package io.kvstore.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Reads a file and makes its entry. Reads in pieces, so that the size of a file does not matter. For one thread. */
final class Hasher {
    private static final int ATTEMPTS = 2;
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int GIVEN_UP = -1;

    private final Disk disk;
    private final Progress progress;
    private final StopSignal stop;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final MessageDigest digest = newDigest();

    Hasher(Disk disk, Progress progress, StopSignal stop) {
        this.disk = disk;
        this.progress = progress;
        this.stop = stop;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Hashes a file whose size and time of change are the same before and after. One that changes meanwhile is tried
     * once more.
     *
     * @param file a regular file
     * @return its entry; or null if the scan is to stop and the file would take too long
     * @throws IOException if it cannot be read, or keeps changing
     */
    @Nullable
    FileEntry hash(Path file) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            BasicFileAttributes before = disk.attributes(file);
            long length = read(file, before.size());
            if (length == GIVEN_UP) {
                return null;
            }
            FileEntry entry = new FileEntry(
                    before.size(),
                    before.lastModifiedTime().toInstant(),
                    before.creationTime().toInstant(),
                    HexFormat.of().formatHex(digest.digest()));
            if (length == before.size() && entry.isCurrent(disk.attributes(file))) {
                return entry;
            }
        }
        throw new IOException("changed while read");
    }

    /**
     * Feeds the digest. A file that should be empty is not opened: the files of {@code /proc} claim to be, and reading
     * some of them never ends. One that turns out longer than it should be is left there, since it has changed.
     *
     * @return how many bytes were read, or {@link #GIVEN_UP}
     */
    private long read(Path file, long size) throws IOException {
        digest.reset();
        if (size == 0) {
            return 0;
        }
        long length = 0;
        try (InputStream in = disk.open(file)) {
            for (int n = in.read(buffer); n >= 0 && length <= size; n = in.read(buffer)) {
                if (stop.isOverdue()) {
                    return GIVEN_UP;
                }
                digest.update(buffer, 0, n);
                length += n;
                progress.hashed(n);
            }
        }
        return length;
    }
}
