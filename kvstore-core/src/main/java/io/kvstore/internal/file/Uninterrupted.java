package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Runs operations on a {@code FileChannel} to their end on threads that get interrupted. An interrupt closes the
 * channel under the operation, so each try must open a channel of its own; the interrupt flag is set again at the end.
 */
final class Uninterrupted {
    private Uninterrupted() {}

    /** An operation that opens its own channel and may be run again. */
    interface Operation<T> {
        T run() throws IOException;
    }

    static <T> T call(Operation<T> operation) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            for (; ; ) {
                try {
                    return operation.run();
                } catch (ClosedByInterruptException e) {
                    Thread.interrupted();
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
