package io.kvstore.internal.merge;

import io.kvstore.KVClosedException;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.internal.file.FileErrors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The merges that somebody waits for, in the order in which they were asked for. Thread-safe. */
final class MergeRequests {
    /** Guarded by this. */
    private final List<Request> waiting = new ArrayList<>();

    /** Whether nobody serves requests any more. Guarded by this. */
    private boolean ended;

    /** A merge that somebody waits for. */
    static final class Request {
        private final @Nullable IntPredicate only;

        /** Guarded by the requests, as is what follows. */
        private boolean done;

        private @Nullable Throwable failure;

        private Request(@Nullable IntPredicate only) {
            this.only = only;
        }

        boolean isFull() {
            return only == null;
        }

        /** The numbers of the segments that are to be merged in one step; only of a request that is not full. */
        IntPredicate only() {
            return Objects.requireNonNull(only);
        }
    }

    /**
     * Asks for a merge.
     *
     * @param only the numbers of the segments; null for a full merge
     * @throws KVClosedException if nobody serves requests any more
     */
    synchronized Request add(@Nullable IntPredicate only) {
        if (ended) {
            throw toStoreError(new MergeStoppedException());
        }
        Request request = new Request(only);
        waiting.add(request);
        return request;
    }

    /** The requests that nobody has taken so far; whoever takes them completes them. */
    synchronized List<Request> take() {
        List<Request> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    /** Lets go on who waits for these requests. */
    synchronized void complete(List<Request> served, @Nullable Throwable failure) {
        for (Request request : served) {
            request.done = true;
            request.failure = failure;
        }
        notifyAll();
    }

    /** Refuses what waits, and whatever comes. */
    synchronized void end() {
        ended = true;
        complete(take(), new MergeStoppedException());
    }

    /**
     * Waits for a request; an interrupt meanwhile stays set.
     *
     * @throws KVException if it failed
     */
    void await(Request request) {
        Throwable failure = awaitOutcome(request);
        if (failure instanceof IOException e) {
            throw toStoreError(e);
        } else if (failure instanceof KVException e) {
            throw copy(e);
        } else if (failure != null) {
            throw new IllegalStateException("the merge failed: " + failure, failure);
        }
    }

    private synchronized @Nullable Throwable awaitOutcome(Request request) {
        boolean interrupted = false;
        while (!request.done) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return request.failure;
    }

    /** A new error of the same kind for each that waits, with the traces of both threads. */
    private static KVException copy(KVException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof KVNoSpaceException) {
            return new KVNoSpaceException(message, failure);
        } else if (failure instanceof KVCorruptionException) {
            return new KVCorruptionException(message, failure);
        }
        return new KVException(failure.code(), message, failure);
    }

    private static KVException toStoreError(IOException failure) {
        if (failure instanceof MergeStoppedException) {
            return new KVClosedException("the store was closed while it was merged", failure);
        } else if (failure instanceof DamagedVictimException victim && !victim.unreadable) {
            return new KVCorruptionException(String.valueOf(failure.getMessage()), failure);
        }
        return FileErrors.toStoreError(failure, "the merge was given up, and nothing was lost");
    }
}
