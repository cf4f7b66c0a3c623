package io.kvstore.internal.engine;

import io.kvstore.KVClosedException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one of several handles on a store is open, and what it may do. Thread-safe.
 *
 * <p>Why {@link #close} leaves nobody inside: who enters first counts itself in {@link #entered} and then reads
 * {@link #closed}; the close writes {@code closed}, then reads {@link #left}, then {@code entered}, all of it volatile,
 * hence in one total order. Each that leaves was counted as entered before; so if both sums are equal, all that were
 * counted have left, and whoever was not counted yet will find the handle closed. Shown by the harness
 * {@code Handles.AgainstClose}.
 */
final class Handle {
    private static final long PAUSE_NANOS = 10_000;

    private final String name;
    private final boolean readOnly;
    private final LongAdder entered = new LongAdder();
    private final LongAdder left = new LongAdder();
    private volatile boolean closed;

    /**
     * An open handle.
     *
     * @param name of the store, for messages
     * @param readOnly whether it refuses writes
     */
    Handle(String name, boolean readOnly) {
        this.name = name;
        this.readOnly = readOnly;
    }

    /** Does something short, for whose end a close waits. */
    <T extends @Nullable Object> T call(Supplier<T> operation) {
        enter();
        try {
            return operation.get();
        } finally {
            left.increment();
        }
    }

    /** As {@link #call}, without a result; not by means of it, which would allocate once more for each put. */
    void run(Runnable operation) {
        enter();
        try {
            operation.run();
        } finally {
            left.increment();
        }
    }

    /** Counts whoever comes in, then looks whether it may. */
    private void enter() {
        entered.increment();
        if (closed) {
            left.increment();
            throw isClosed();
        }
    }

    void requireOpen() {
        if (closed) {
            throw isClosed();
        }
    }

    private KVClosedException isClosed() {
        return new KVClosedException("store " + name + " is closed: open it again", null);
    }

    void requireWritable() {
        if (readOnly) {
            throw new KVException(
                    KVErrorCode.READ_ONLY,
                    "store " + name + " was opened read-only: open it without the option readOnly to write");
        }
    }

    /** Lets nobody in any more, and returns when the last one has left. */
    void close() {
        closed = true;
        while (left.sum() != entered.sum()) {
            // An interrupt cuts each of these short; the wait itself goes on.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
