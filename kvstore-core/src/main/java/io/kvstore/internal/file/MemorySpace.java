package io.kvstore.internal.file;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that the files of one {@link MemoryDirectory} take, in chunks of 64 KiB. Thread-safe. */
final class MemorySpace {
    /** The bytes of a chunk. */
    static final int CHUNK = 64 << 10;

    private final long capacityBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    MemorySpace(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /** A chunk of zeros. */
    byte[] take() throws NoSpaceException {
        if (usedBytes.addAndGet(CHUNK) > capacityBytes) {
            usedBytes.addAndGet(-CHUNK);
            throw full(new IOException("the limit is " + capacityBytes + " bytes"));
        }
        boolean taken = false;
        try {
            byte[] chunk = new byte[CHUNK];
            taken = true;
            return chunk;
        } catch (OutOfMemoryError e) {
            // Asked for ahead of the records, as blocks of a disk are: here it means "full", and nothing is lost yet.
            throw full(new IOException("the heap is used up", e));
        } finally {
            if (!taken) {
                usedBytes.addAndGet(-CHUNK);
            }
        }
    }

    private static NoSpaceException full(IOException cause) {
        return new NoSpaceException("no memory for " + CHUNK + " more bytes of a store in memory", cause);
    }

    void give(int chunks) {
        usedBytes.addAndGet(-(long) chunks * CHUNK);
    }

    long usedBytes() {
        return usedBytes.get();
    }
}
