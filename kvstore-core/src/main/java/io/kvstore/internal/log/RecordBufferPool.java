package io.kvstore.internal.log;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Buffers in which writers encode their records before they enter the critical section. Bounded, whatever the number of
 * threads; who finds none makes one. Thread-safe.
 *
 * <p>A buffer is taken by an atomic exchange, so it has one holder, and given back by a release, so whoever takes it
 * next finds it as it was left. Shown by the harness {@code RecordBuffers}.
 *
 * <p>Not a {@code ThreadLocal}: with a thread for each task there may be a hundred thousand of them.
 */
public final class RecordBufferPool {
    private static final int PLACES = 16;

    /** Places stand on cache lines of their own. */
    private static final int STRIDE = 32;

    private final AtomicReferenceArray<@Nullable RecordBuffer> places;
    private final int count;

    /** Places for a store. */
    public RecordBufferPool() {
        this(PLACES);
    }

    RecordBufferPool(int count) {
        this.count = count;
        places = new AtomicReferenceArray<>(count * STRIDE);
    }

    /**
     * Takes a buffer.
     *
     * @return for the caller alone, until it is given back
     */
    public RecordBuffer take() {
        RecordBuffer buffer = places.getAndSet(place(), null);
        return buffer == null ? new RecordBuffer() : buffer;
    }

    /**
     * Gives a buffer back.
     *
     * @param buffer that the caller does not use any more
     */
    public void give(RecordBuffer buffer) {
        buffer.trim();
        places.setRelease(place(), buffer);
    }

    private int place() {
        return (int) (Thread.currentThread().getId() % count) * STRIDE;
    }
}
