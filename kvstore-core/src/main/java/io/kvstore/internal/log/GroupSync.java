package io.kvstore.internal.log;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.event.StoreEvents;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the log durable, one force for all that wait: whoever finds nobody leading forces everything appended so far,
 * the others park until a force has covered them (group commit, as in DeWitt et al., "Implementation Techniques for
 * Main Memory Database Systems", 1984).
 *
 * <p>Thread-safe; an interrupt does not cut a wait short.
 *
 * <p>No acknowledgement before its force: {@link #synced} is written only after the forces up to it returned. No lost
 * wake-up: a waiter first pushes itself, then looks at {@link #leading}; a leader first clears {@code leading}, then
 * takes all waiters. In the total order of these volatile accesses either the waiter sees that nobody leads, and tries
 * again, or the leader sees the waiter, and wakes it, or another one that leads in its turn (see
 * {@link #releaseWaiters}). Both are shown by the harnesses {@code GroupSyncs}. A failure wakes everybody
 * ({@link #poison}).
 */
final class GroupSync {
    private final LongSupplier appended;
    private final StoreEvents events;

    /** Segments that are not wholly durable, in the order of the log, the active one last. The leader removes. */
    private final ConcurrentLinkedDeque<Segment> pending = new ConcurrentLinkedDeque<>();

    /** How many are pending; an estimate to anyone but the leader and the one writer that adds. */
    private final AtomicInteger pendingSegments = new AtomicInteger();

    private final AtomicBoolean leading = new AtomicBoolean();
    private final AtomicReference<@Nullable Waiter> waiters = new AtomicReference<>();
    private final AtomicLong syncs = new AtomicLong();
    private volatile long synced;
    private volatile @Nullable Throwable failure;

    GroupSync(LongSupplier appended, long synced, StoreEvents events) {
        this.appended = appended;
        this.events = events;
        this.synced = synced;
    }

    /** A parked thread. */
    private static final class Waiter {
        final Thread thread = Thread.currentThread();
        final long position;

        @Nullable
        Waiter next;

        /** Whether the thread is awake, and need not be woken: by another, or since it has left by itself. */
        volatile boolean released;

        Waiter(long position) {
            this.position = position;
        }

        void release() {
            released = true;
            LockSupport.unpark(thread);
        }
    }

    /** Adds the segment that the log goes on in; before anything is appended to it. */
    void add(Segment segment) {
        pending.addLast(segment);
        pendingSegments.incrementAndGet();
    }

    int pendingSegments() {
        return pendingSegments.get();
    }

    long synced() {
        return synced;
    }

    long syncs() {
        return syncs.get();
    }

    /** Returns when everything below a position is on stable storage. */
    void await(long position) {
        boolean interrupted = false;
        try {
            while (synced < position) {
                requireHealthy();
                if (leading.compareAndSet(false, true)) {
                    lead(position);
                } else {
                    interrupted |= awaitTurn(position);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void lead(long position) {
        try {
            if (synced < position) {
                forceAppended();
            }
        } finally {
            leading.set(false);
            releaseWaiters();
        }
    }

    /** Parks until a leader is done; tells whether the thread was interrupted meanwhile. */
    private boolean awaitTurn(long position) {
        Waiter waiter = new Waiter(position);
        push(waiter);
        boolean interrupted = false;
        while (!waiter.released && leading.get() && synced < position) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        // What stays in the list must not be taken for a thread that sleeps, and woken in the place of one that does.
        waiter.released = true;
        return interrupted;
    }

    private void push(Waiter waiter) {
        Waiter head;
        do {
            head = waiters.get();
            waiter.next = head;
        } while (!waiters.compareAndSet(head, waiter));
    }

    /**
     * Wakes those that are served, which return, and one of the others, which leads or finds that somebody does; the
     * rest sleep on, since being woken costs as much as the rest of a write. After a failure all are woken.
     *
     * <p>Another leader may have come and gone while the waiters were out of the list. If it has forced anything, it
     * has written what is looked at again in the end: so either it, or the next turn here, finds all that were put
     * back. If it has not, the one that is woken here has still to lead: it is one that sleeps, or is about to look
     * again, since each thread has one waiter at a time that is not released. It leads, or finds another leader and
     * pushes itself for that one, or is served by a force that came after {@code done} was read, whose leader looks for
     * waiters later.
     */
    private void releaseWaiters() {
        long done;
        do {
            done = reached();
            boolean leaderWoken = false;
            Waiter waiter = waiters.getAndSet(null);
            while (waiter != null) {
                Waiter next = waiter.next;
                boolean served = waiter.position <= done;
                if (!waiter.released) {
                    if (served || !leaderWoken) {
                        leaderWoken |= !served;
                        waiter.release();
                    } else {
                        push(waiter);
                    }
                }
                waiter = next;
            }
        } while (reached() != done);
    }

    /** The position at which whoever waits for it need not wait any more: all of them, after a failure. */
    private long reached() {
        return failure == null ? synced : Long.MAX_VALUE;
    }

    /** Forces all that is appended. By the leader. */
    private void forceAppended() {
        requireHealthy();
        long target = appended.getAsLong();
        StoreEvents.Syncing syncing = events.syncing();
        // Out of memory up to here is no failure of the disk: nothing was forced.
        Iterator<Segment> unforced = pending.iterator();
        int forced = 0;
        try {
            while (unforced.hasNext()) {
                Segment segment = unforced.next();
                forced++;
                if (segment.number() >= LogPosition.segmentNumber(target)) {
                    segment.force(LogPosition.offset(target));
                    break;
                }
                segment.forceSealed();
                pending.removeFirst();
                pendingSegments.decrementAndGet();
            }
        } catch (IOException | RuntimeException | Error e) {
            poison(e);
            requireHealthy();
        }
        syncs.incrementAndGet();
        synced = target;
        syncing.end(LogPosition.segmentNumber(target), LogPosition.offset(target), forced);
    }

    /**
     * Refuses all later writes: what the operating system failed to write once may be lost silently.
     *
     * <p>Wakes all that wait: one of them may have been woken to lead the others, and leaves without doing so. Who
     * pushes itself later than this looks for waiters either finds that nobody leads, and the failure, or is woken by
     * whoever leads.
     */
    void poison(Throwable cause) {
        if (failure == null) {
            failure = cause;
            releaseWaiters();
            events.poisoned(cause);
        }
    }

    boolean isPoisoned() {
        return failure != null;
    }

    void requireHealthy() {
        Throwable cause = failure;
        if (cause != null) {
            String what = cause instanceof IOException
                    ? "an earlier write to stable storage failed (" + cause.getMessage()
                            + "): the store can be read, and refuses writes; check the disk, and restart the machine"
                            + " before you open the store again, since its memory may hold what the disk lacks"
                    : "an earlier write failed (" + cause.getMessage()
                            + "): the store can be read, and refuses writes; close it, and open it again";
            throw new KVException(KVErrorCode.SYNC_FAILED, what, cause);
        }
    }
}
