package io.kvstore.demo;

import java.nio.ByteBuffer;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * What the catalog knows about one file. As a value of the store:
 *
 * <pre>
 *   0  u8   version, 1
 *   1  i64  size in bytes
 *   9  i64  modified: seconds since 1970
 *  17  u32  modified: nanoseconds
 *  21  i64  created: seconds since 1970
 *  29  u32  created: nanoseconds
 *  33       SHA-256 of the content, 32 bytes
 *  65  u32  number among the files of the same content
 *  69
 * </pre>
 *
 * <p>Times are seconds and nanoseconds, since a file system may hold times that nanoseconds in 64 bits do not reach.
 *
 * @param size in bytes
 * @param modified as exact as the file system has it
 * @param created the same as {@code modified} where the platform does not tell
 * @param hash of the content
 * @param number among the files of the same content, from 0: where {@link SameContent} points back at this file. Of no
 *     meaning for an empty file
 */
record FileEntry(long size, Instant modified, Instant created, ContentHash hash, int number) {
    private static final byte VERSION = 1;
    private static final int SIZE_BYTES = 69;

    /** The same file with another number. */
    FileEntry withNumber(int other) {
        return new FileEntry(size, modified, created, hash, other);
    }

    /**
     * Whether the file is still the one that was hashed, as far as its size and the time of its last change tell. A
     * change that keeps the size and happens within one tick of the file system's clock goes unnoticed.
     */
    boolean isCurrent(BasicFileAttributes attributes) {
        return size == attributes.size()
                && modified.equals(attributes.lastModifiedTime().toInstant());
    }

    byte[] encode() {
        byte[] value = new byte[SIZE_BYTES];
        ByteBuffer buffer = VersionedBytes.begin(value, VERSION)
                .putLong(size)
                .putLong(modified.getEpochSecond())
                .putInt(modified.getNano())
                .putLong(created.getEpochSecond())
                .putInt(created.getNano())
                .put(hash.bytes())
                .putInt(number);
        assert !buffer.hasRemaining();
        return value;
    }

    /**
     * Reads a value of the store.
     *
     * @param path of the file, for messages
     * @param value as {@link #encode()} made it
     * @return what it says
     * @throws CatalogException if it is of another version, or no entry at all
     */
    static FileEntry decode(String path, byte[] value) {
        ByteBuffer buffer = VersionedBytes.open(path, value, VERSION, SIZE_BYTES);
        long size = buffer.getLong();
        Instant modified = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
        Instant created = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
        byte[] hash = new byte[ContentHash.SIZE];
        buffer.get(hash);
        return new FileEntry(size, modified, created, new ContentHash(hash), buffer.getInt());
    }
}
