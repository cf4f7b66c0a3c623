package io.kvstore.demo;

import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * What the catalog knows about one file.
 *
 * @param size in bytes
 * @param modified as exact as the file system has it
 * @param created the same as {@code modified} where the platform does not tell
 * @param sha256 of the content, in hexadecimal digits; two files of one hash are taken to be the same, byte by byte
 */
record FileEntry(long size, Instant modified, Instant created, String sha256) {
    /**
     * Whether the file is still the one that was hashed, as far as its size and the time of its last change tell. A
     * change that keeps the size and happens within one tick of the file system's clock goes unnoticed.
     */
    boolean isCurrent(BasicFileAttributes attributes) {
        return size == attributes.size()
                && modified.equals(attributes.lastModifiedTime().toInstant());
    }

    /** Whether it counts as a copy of others: all empty files are the same, and waste nothing. */
    boolean hasContent() {
        return size > 0;
    }
}
