package io.kvstore.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What all values of the catalog have in common: little-endian, and a version in the first byte. */
final class VersionedBytes {
    private VersionedBytes() {}

    /**
     * Begins a value.
     *
     * @param value the array to fill
     * @param version its first byte
     * @return a buffer over the array that stands behind the version
     */
    static ByteBuffer begin(byte[] value, byte version) {
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).put(version);
    }

    /**
     * A value to read.
     *
     * @param name what it is the value of, for messages
     * @param value as stored
     * @param version the only one that the caller understands
     * @return a buffer that stands behind the version
     * @throws CatalogException if it has another version, or none
     */
    static ByteBuffer open(String name, byte[] value, byte version) {
        if (value.length == 0) {
            throw new CatalogException(name + ": the entry is empty; this store is not a catalog, or was damaged");
        }
        if (value[0] != version) {
            throw new CatalogException(name + ": the entry has version " + (value[0] & 0xFF)
                    + ", this program reads version " + version + "; use the program that wrote it");
        }
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).position(1);
    }

    /**
     * As {@link #open(String, byte[], byte)}, for a value of fixed length.
     *
     * @param sizeBytes the only length that the version has
     * @throws CatalogException if it has another version or length
     */
    static ByteBuffer open(String name, byte[] value, byte version, int sizeBytes) {
        ByteBuffer buffer = open(name, value, version);
        if (value.length != sizeBytes) {
            throw new CatalogException(name + ": the entry has " + value.length + " bytes, version " + version + " has "
                    + sizeBytes + "; this store is not a catalog, or was damaged");
        }
        return buffer;
    }
}
