package io.kvstore.internal.file;

import java.io.IOException;

/**
 * A file mapped into memory. Bytes are only ever copied in and out: checksums and comparisons run on the copy, since
 * several of the JDK's fast paths end the process when a mapped page cannot be read.
 *
 * <p>Thread-safe in the sense of plain memory: bytes that one thread has put are seen by another that was told of them
 * through a release and an acquire.
 */
public interface MappedRegion {
    /**
     * The length of the mapping.
     *
     * @return bytes
     */
    int length();

    /**
     * Copies bytes out.
     *
     * @param position from the start of the file
     * @param target where to put them
     * @param offset first index in {@code target}
     * @param length how many
     * @throws IndexOutOfBoundsException if that is outside the mapping
     */
    void get(int position, byte[] target, int offset, int length);

    /**
     * Reads one byte: cheap, to bring it and what is around it into the processor's caches.
     *
     * @param position from the start of the file
     * @return the byte
     * @throws IndexOutOfBoundsException if that is outside the mapping
     */
    default byte get(int position) {
        byte[] one = new byte[1];
        get(position, one, 0, 1);
        return one[0];
    }

    /**
     * Copies bytes in. Only into blocks that were written before by {@link StoreFile#write}: into a hole of the file a
     * full disk would be a fault.
     *
     * @param position from the start of the file
     * @param source the bytes
     * @param offset first index in {@code source}
     * @param length how many
     * @throws IOException if the page could not be brought in; what is in the file then is unknown
     */
    void put(int position, byte[] source, int offset, int length) throws IOException;

    /**
     * Makes a range durable; its end is rounded to pages.
     *
     * @param position from the start of the file
     * @param length how many bytes
     * @throws IOException if the operating system reports that it could not
     */
    void force(int position, int length) throws IOException;
}
