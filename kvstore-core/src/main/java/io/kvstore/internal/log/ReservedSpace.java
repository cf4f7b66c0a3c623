package io.kvstore.internal.log;

import io.kvstore.internal.file.StoreFile;
import java.io.IOException;

/**
 * The space of a segment's file, which is reserved ahead of the appends by ordinary writes of zeros: a full disk is
 * then an exception of the reservation, not a fault of the append, and a force needs no change of the file's metadata.
 *
 * <p>Owns the file. Thread-safe.
 */
final class ReservedSpace {
    /**
     * What one write of zeros reserves, aligned. On Linux, 2 MiB written at once get one huge page of the page cache,
     * which the mapping takes over by a single entry: without a fault for each 4 KiB, an append costs a fraction, and a
     * random read misses the address translation caches less often (docs/BENCHMARKS.md).
     */
    static final int CHUNK = 2 << 20;

    /**
     * The same where records are written by system calls: each call looks at all blocks of the page that it writes to,
     * and those of a huge page are many (docs/BENCHMARKS.md).
     */
    static final int SMALL_CHUNK = 256 << 10;

    private static final byte[] ZEROS = new byte[CHUNK];

    private final StoreFile file;
    private final int capacity;
    private final int chunk;

    /**
     * Below this the file has blocks. Written under the monitor after the zeros were, read by the writers, who so never
     * write before the zeros do (harness {@code ReservedSpaces}).
     */
    private volatile int end;

    /** Guarded by this. */
    private boolean closed;

    /**
     * Takes a file over.
     *
     * @param file with blocks up to {@code end}
     * @param capacity how long it may become, bytes
     * @param chunk how much to reserve at once, no more than {@link #CHUNK}
     * @param end where its blocks end, offset
     */
    ReservedSpace(StoreFile file, int capacity, int chunk, int end) {
        this.file = file;
        this.capacity = capacity;
        this.chunk = chunk;
        this.end = end;
    }

    /** Where the reserved space ends. */
    int end() {
        return end;
    }

    /** Reserves up to one chunk more; false if all is reserved up to the offset, or nothing can be any more. */
    boolean reserveChunk(long upTo) throws IOException {
        long limit = Math.min(upTo, capacity);
        if (limit <= end) {
            return false;
        }
        synchronized (this) {
            int from = end;
            if (limit <= from || closed) {
                return false;
            }
            int upToChunk = Math.min(chunk - from % chunk, capacity - from);
            file.write(from, ZEROS, 0, upToChunk);
            end = from + upToChunk;
            return true;
        }
    }

    /** Writes bytes to the file, which reserves what they take. */
    synchronized void write(int offset, byte[] source, int from, int count) throws IOException {
        file.write(offset, source, from, count);
        end = Math.max(end, offset + count);
    }

    /** Gives all of the file's space back and closes it; nobody may be reading it. */
    synchronized void emptyAndClose() throws IOException {
        try {
            if (!closed) {
                file.setLength(0);
            }
        } finally {
            close();
        }
    }

    /** Closes the file; idempotent. Nothing can be reserved any more. */
    synchronized void close() throws IOException {
        closed = true;
        file.close();
    }
}
