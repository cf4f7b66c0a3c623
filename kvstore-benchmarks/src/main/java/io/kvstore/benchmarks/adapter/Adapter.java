package io.kvstore.benchmarks.adapter;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open store, as all workloads see it: bytes in, copies of bytes out. Thread-safe, but for {@link #close}, which
 * comes last.
 *
 * <p>What a peer has no {@link Feature} for is never called, and throws {@link UnsupportedOperationException}.
 */
public interface Adapter extends AutoCloseable {
    /** A key and its value. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, and never compared
    record Entry(byte[] key, byte[] value) {}

    /** Is told of each entry of a scan. */
    @FunctionalInterface
    interface Visitor {
        /**
         * One entry.
         *
         * @param key a copy
         * @param value a copy
         */
        void visit(byte[] key, byte[] value);
    }

    /**
     * Stores a value with the {@link Guarantee} that the store was opened with.
     *
     * @param key not kept
     * @param value not kept
     */
    void put(byte[] key, byte[] value);

    /**
     * Looks a key up.
     *
     * @param key to look up
     * @return a copy of its value, or null
     */
    default byte @Nullable [] get(byte[] key) {
        throw new UnsupportedOperationException();
    }

    /**
     * Stores many values at once; all of them or none, if the store can do that.
     *
     * @param entries to be stored; not kept
     */
    default void putAll(List<Entry> entries) {
        throw new UnsupportedOperationException();
    }

    /**
     * Removes a key.
     *
     * @param key that is there
     */
    default void delete(byte[] key) {
        throw new UnsupportedOperationException();
    }

    /**
     * Goes through all entries.
     *
     * @param visitor is told of each
     */
    default void scan(Visitor visitor) {
        throw new UnsupportedOperationException();
    }

    /** Gives back the room of what was deleted, as far as the store can while it is open. */
    default void compact() {}

    @Override
    void close() throws IOException;
}
