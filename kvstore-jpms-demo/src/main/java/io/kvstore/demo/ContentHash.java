package io.kvstore.demo;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a file's content. Two files with one hash are taken to be the same, byte by byte. Immutable. */
final class ContentHash {
    /** The length in bytes. */
    static final int SIZE = 32;

    private final byte[] bytes;

    /**
     * A hash of these bytes.
     *
     * @param bytes {@link #SIZE} of them, which the caller does not change
     */
    ContentHash(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a SHA-256 has " + SIZE + " bytes, this has " + bytes.length);
        }
        this.bytes = bytes;
    }

    /** The bytes themselves: not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /**
     * A digest whose result is one of these.
     *
     * @return a new digest
     */
    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContentHash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
