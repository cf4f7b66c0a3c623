package io.kvstore.internal.file;

import java.io.Closeable;
import java.io.IOException;

/**
 * One open file. Ordinary reads and writes go by position and by one thread at a time; records are read and appended
 * through {@link #map}. Mappings outlive the close of the file.
 */
public interface StoreFile extends Closeable {
    /**
     * The plain file name.
     *
     * @return the name
     */
    String name();

    /**
     * The length.
     *
     * @return bytes
     * @throws IOException if it cannot be told
     */
    long length() throws IOException;

    /**
     * Cuts or extends the file. Never called while a reader may be in a mapping of the part that goes: its reads would
     * fault.
     *
     * @param length bytes
     * @throws IOException if that fails
     */
    void setLength(long length) throws IOException;

    /**
     * Reads as many of the wanted bytes as there are before the end of the file.
     *
     * @param position from the start of the file
     * @param target where to put them
     * @param offset first index in {@code target}
     * @param length how many at the most
     * @return how many were read; fewer than {@code length} only at the end of the file
     * @throws IOException if reading fails
     */
    int read(long position, byte[] target, int offset, int length) throws IOException;

    /**
     * Writes bytes into the page cache; the blocks of the file are reserved by it.
     *
     * @param position from the start of the file
     * @param source the bytes
     * @param offset first index in {@code source}
     * @param length how many
     * @throws NoSpaceException if the file system is full; some of the bytes may have been written
     * @throws IOException if writing fails
     */
    void write(long position, byte[] source, int offset, int length) throws IOException;

    /**
     * Makes what was written, and the length, durable. Does nothing to a file that was opened for reading only.
     *
     * @throws IOException if the operating system reports that it could not
     */
    void force() throws IOException;

    /**
     * Maps the first bytes of the file. A writable mapping extends the file to that length without reserving blocks.
     *
     * @param length bytes, at most {@link Integer#MAX_VALUE}
     * @param writable whether {@link MappedRegion#put} will be called
     * @return the mapping; it lives until it is unreachable
     * @throws IOException if the system refuses
     */
    MappedRegion map(long length, boolean writable) throws IOException;

    @Override
    void close() throws IOException;
}
