package io.kvstore.internal.file;

import java.io.IOException;

/**
 * What must be undone if the rest of a step fails: the resource of a {@code try} in which that rest stands. An error of
 * undoing is then suppressed in favour of the first one. Belongs to one thread.
 */
public final class Undo implements AutoCloseable {
    private final Action action;
    private boolean kept;

    /** How to undo. */
    @FunctionalInterface
    public interface Action {
        /**
         * Undoes.
         *
         * @throws IOException if that fails
         */
        void run() throws IOException;
    }

    /**
     * Undoes something unless it is kept.
     *
     * @param action how
     */
    public Undo(Action action) {
        this.action = action;
    }

    /** The step is complete: nothing is undone. */
    public void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            action.run();
        }
    }
}
