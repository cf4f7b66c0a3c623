package io.kvstore.internal.merge;

import io.kvstore.KVClosedException;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.internal.file.FileErrors;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentState;
import io.kvstore.internal.log.Threads;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the segments in order on a thread of its own: merges when garbage demands it, or somebody asks for it, and
 * makes hint files of what was sealed. A merge that fails changes nothing, is counted and logged, and tried again
 * later.
 *
 * <p>Thread-safe.
 */
public final class Merger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Merger.class);

    /** While something may become due by itself, such as an expiry, the thread looks so often. */
    private static final long LOOK_NANOS = 1_000_000_000L;

    private static final long FIRST_RETRY_NANOS = 1_000_000_000L;
    private static final long LAST_RETRY_NANOS = 60_000_000_000L;

    private final MergeContext context;
    private final Settings settings;
    private final VictimPolicy policy;
    private final MergePace pace;
    private final HintMaker hints;
    private final Thread thread;

    private volatile boolean stopped;
    private volatile boolean woken;

    /** The files of victims that could not be removed. Of the thread. */
    private final Set<Integer> undeleted = new HashSet<>();

    /** Segments that are damaged, and what was said of them. Of the thread. */
    private final Map<Integer, DamagedVictimException> damaged = new HashMap<>();

    /** When those that could only not be read are tried again. Of the thread. */
    private long unreadableUntil = System.nanoTime();

    /** Sealed segments that may need a hint, as they were when the last pass over all began. Of the thread. */
    private final Deque<SegmentState> unhinted = new ArrayDeque<>();

    /** No hint is tried before. Of the thread. */
    private long hintAt = System.nanoTime();

    private boolean begun;
    private long retryAt;
    private long retryNanos;

    /** Full merges that are waited for. Guarded by this. */
    private final List<Request> requests = new ArrayList<>();

    /** Figures. Guarded by this. */
    private long merges;

    private long failures;
    private long merged;
    private long readBytes;
    private long writtenBytes;
    private boolean running;

    /** Whether nobody serves requests any more. */
    private boolean ended;

    /**
     * The merges of one store.
     *
     * @param context what they work on
     * @param settings how
     */
    public Merger(MergeContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
        this.policy = new VictimPolicy(settings.garbageRatio(), settings.segmentSize());
        this.pace = new MergePace(
                context.log(),
                settings.garbageRatio(),
                settings.segmentSize(),
                settings.bytesPerSecond(),
                settings.auto(),
                () -> stopped);
        this.hints = new HintMaker(context.files().directory(), context.files().store(), context.hash());
        thread = new Thread(this::run, "kvstore-" + settings.storeName() + "-merge");
        thread.setDaemon(true);
    }

    /**
     * How merges are done.
     *
     * @param auto whether they start by themselves
     * @param garbageRatio of garbage to all, which they keep to
     * @param bytesPerSecond that a merge reads and writes at the most; 0 for what garbage demands
     * @param segmentSize of the segments that they write
     * @param storeName for the name of the thread
     * @param hook for tests
     */
    public record Settings(
            boolean auto,
            double garbageRatio,
            long bytesPerSecond,
            int segmentSize,
            String storeName,
            MergePoint.Hook hook) {}

    /**
     * What merges have done so far.
     *
     * @param merges that ended well
     * @param failures those that did not
     * @param segments that were merged away
     * @param readBytes bytes of records in them
     * @param writtenBytes bytes of records that were copied out of them
     * @param running whether one is running
     */
    public record Figures(
            long merges, long failures, long segments, long readBytes, long writtenBytes, boolean running) {}

    /** A merge that somebody waits for. */
    private static final class Request {
        /** The numbers of the segments that are merged, in one step; null for a full merge. */
        final @Nullable IntPredicate only;

        boolean done;

        @Nullable
        Throwable failure;

        Request(@Nullable IntPredicate only) {
            this.only = only;
        }
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    private void wake() {
        if (!woken) {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    /**
     * Merges all garbage there is now, and waits for it; an interrupt meanwhile stays set.
     *
     * @throws KVClosedException if the store is closed meanwhile
     * @throws KVException if the merge failed; what it had done until then stays done
     */
    public void mergeAll() {
        merge(new Request(null));
    }

    /**
     * Merges some sealed segments in one step, whatever garbage they have, and waits for it.
     *
     * @param numbers tells which
     * @throws KVException as {@link #mergeAll}
     */
    public void mergeOnly(IntPredicate numbers) {
        merge(new Request(numbers));
    }

    private void merge(Request request) {
        synchronized (this) {
            if (ended) {
                throw toStoreError(new MergeStoppedException());
            }
            requests.add(request);
        }
        woken = true;
        LockSupport.unpark(thread);
        Throwable failure = await(request);
        if (failure instanceof IOException e) {
            throw toStoreError(e);
        } else if (failure instanceof KVException e) {
            throw copy(e);
        } else if (failure != null) {
            throw new IllegalStateException("the merge failed: " + failure, failure);
        }
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

    /** Tells that a segment was sealed; with the log's lock held. */
    public void rolled() {
        pace.rolled();
        wake();
    }

    private static KVException toStoreError(IOException failure) {
        if (failure instanceof MergeStoppedException) {
            return new KVClosedException("the store was closed while it was merged", failure);
        } else if (failure instanceof DamagedVictimException victim && !victim.unreadable) {
            return new KVCorruptionException(String.valueOf(failure.getMessage()), failure);
        }
        return FileErrors.toStoreError(failure, "the merge was given up, and nothing was lost");
    }

    private @Nullable Throwable await(Request request) {
        boolean interrupted = false;
        synchronized (this) {
            while (!request.done) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return request.failure;
    }

    /**
     * Figures.
     *
     * @return a snapshot
     */
    public synchronized Figures figures() {
        return new Figures(merges, failures, merged, readBytes, writtenBytes, running);
    }

    private void run() {
        while (!stopped) {
            woken = false;
            List<Request> waiting = takeRequests();
            boolean worked = false;
            try {
                if (waiting.isEmpty()) {
                    worked = work();
                } else {
                    serve(waiting);
                    worked = true;
                }
            } catch (RuntimeException | Error e) {
                // Memory may have run out: what waits is told, and everything else is tried again.
                LOG.error("{}: goes on after a failure", thread.getName(), e);
                complete(waiting, e);
            }
            if (!worked) {
                begun = false;
                pace.idle();
                park();
            }
        }
        List<Request> waiting;
        synchronized (this) {
            ended = true;
            waiting = takeRequests();
        }
        complete(waiting, new MergeStoppedException());
        pace.idle();
    }

    private void serve(List<Request> waiting) {
        List<Request> full = new ArrayList<>();
        for (Request request : waiting) {
            IntPredicate only = request.only;
            if (only == null) {
                full.add(request);
            } else {
                complete(List.of(request), mergeSome(only));
            }
        }
        if (!full.isEmpty()) {
            complete(full, mergeFully());
        }
    }

    private @Nullable Throwable mergeSome(IntPredicate only) {
        List<SegmentState> states = states();
        List<SegmentState> chosen = states.stream()
                .filter(state -> !state.active() && only.test(state.segment().number()))
                .toList();
        return chosen.isEmpty() ? null : merge(chosen, states, true);
    }

    private boolean work() {
        removeUndeleted();
        if (!damaged.isEmpty() && unreadableUntil - System.nanoTime() <= 0) {
            tryUnreadableAgain();
        }
        boolean worked = makeHint();
        return (settings.auto() && mergeIfDue()) || worked;
    }

    private void park() {
        if (!woken && !stopped) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    private synchronized List<Request> takeRequests() {
        List<Request> taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    private synchronized void complete(List<Request> served, @Nullable Throwable failure) {
        for (Request request : served) {
            request.done = true;
            request.failure = failure;
        }
        notifyAll();
    }

    /** Merges once if garbage demands it; returns whether there may be more to do. */
    private boolean mergeIfDue() {
        if (retryNanos > 0 && retryAt - System.nanoTime() > 0) {
            return false;
        }
        List<SegmentState> states = states();
        // After a failure as little as possible at once: it may be room on the disk that was missing.
        long budget = retryNanos > 0 ? 0 : policy.budget(states);
        List<SegmentState> chosen = policy.choose(states, begun, budget);
        if (chosen.isEmpty()) {
            return false;
        }
        begun = true;
        Throwable failure = merge(chosen, states, false);
        if (failure == null) {
            retryNanos = 0;
            return true;
        }
        if (failure instanceof DamagedVictimException) {
            return true;
        }
        // The room that was given up for it makes it worth to try again at once.
        boolean first = retryNanos == 0 && failure instanceof NoSpaceException;
        retryNanos = Math.min(LAST_RETRY_NANOS, Math.max(FIRST_RETRY_NANOS, 2 * retryNanos));
        retryAt = System.nanoTime() + (first ? 0 : retryNanos);
        return first;
    }

    private List<SegmentState> states() {
        return context.log().segments(context.clock().nowMillis());
    }

    /** Merges all segments that have any garbage, older ones first, a few at a time; returns what went wrong. */
    private @Nullable Throwable mergeFully() {
        tryUnreadableAgain();
        KVException notRolled = roll();
        if (notRolled != null && !(notRolled instanceof KVNoSpaceException)) {
            return notRolled;
        }
        Throwable failed = mergeSealed(notRolled != null);
        if (failed == null && notRolled != null) {
            // With the room that was made.
            notRolled = roll();
            failed = notRolled == null ? mergeSealed(false) : notRolled;
        }
        return failed;
    }

    /** Merges all sealed segments that have any garbage; returns what went wrong. */
    private @Nullable Throwable mergeSealed(boolean roomIsShort) {
        Set<Integer> left = new HashSet<>();
        List<SegmentState> states = states();
        int small = (int) states.stream().filter(policy::isSmall).count();
        for (SegmentState state : states) {
            if (!state.active() && policy.isWorthFullMerge(state, small)) {
                left.add(state.segment().number());
            }
        }
        // Where room is short, one at a time, and first what needs least.
        boolean tight = roomIsShort;
        while (!left.isEmpty()) {
            if (stopped) {
                return new MergeStoppedException();
            }
            List<SegmentState> now = states();
            Stream<SegmentState> candidates =
                    now.stream().filter(state -> left.contains(state.segment().number()));
            List<SegmentState> chosen = tight
                    ? candidates.min(VictimPolicy.LEAST_COPYING).stream().toList()
                    : VictimPolicy.take(candidates.toList(), policy.budget(now));
            chosen.forEach(state -> left.remove(state.segment().number()));
            Throwable failed = chosen.isEmpty() ? null : merge(chosen, now, true);
            if (failed instanceof NoSpaceException && !tight) {
                tight = true;
                chosen.forEach(state -> left.add(state.segment().number()));
            } else if (failed instanceof DamagedVictimException victim) {
                // The others of this step get another chance; the damaged one is not chosen again.
                chosen.stream()
                        .map(state -> state.segment().number())
                        .filter(number -> number != victim.segment)
                        .forEach(left::add);
            } else if (failed != null) {
                return failed;
            }
        }
        // Told every time, whoever found it first.
        return damaged.isEmpty() ? null : damaged.values().iterator().next();
    }

    /** Seals what was written so far; returns what went wrong. */
    private @Nullable KVException roll() {
        try {
            context.log().rollIfUsed();
            return null;
        } catch (KVException e) {
            if (e instanceof KVNoSpaceException) {
                context.log().giveUpSpareRoom();
            }
            return e;
        }
    }

    /** Merges some segments; returns what went wrong. */
    private @Nullable Throwable merge(List<SegmentState> chosen, List<SegmentState> all, boolean someoneWaits) {
        long start = System.nanoTime();
        setRunning(true);
        pace.begin(someoneWaits);
        try {
            MergeStep step =
                    new MergeStep(context, chosen, all, settings.segmentSize(), pace, () -> stopped, settings.hook());
            MergeStep.Outcome outcome = step.run();
            undeleted.addAll(step.victims());
            removeUndeleted();
            settings.hook().at(MergePoint.REMOVED);
            step.victims().forEach(policy::forget);
            outcome.outputs().forEach(number -> policy.block(number, outcome.blockers()));
            count(outcome);
            pace.end(outcome.readBytes() - outcome.writtenBytes(), System.nanoTime() - start);
            context.log().takeSpareRoom();
            return null;
        } catch (MergeStoppedException e) {
            return e;
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
            return e;
        } finally {
            setRunning(false);
        }
    }

    private void failed(Throwable failure) {
        synchronized (this) {
            failures++;
        }
        pace.idle();
        if (failure instanceof NoSpaceException) {
            context.log().giveUpSpareRoom();
        }
        if (failure instanceof DamagedVictimException victim) {
            markDamaged(victim);
            LOG.error("{}: {}", thread.getName(), failure.getMessage());
        } else if (failure instanceof IOException || failure instanceof KVException) {
            LOG.warn(
                    "{}: a merge was given up, and is tried again later; nothing was lost: {}",
                    thread.getName(),
                    failure.getMessage());
        } else {
            LOG.error("{}: a merge was given up, and is tried again later", thread.getName(), failure);
        }
    }

    private void markDamaged(DamagedVictimException victim) {
        policy.markDamaged(victim.segment);
        damaged.put(victim.segment, victim);
        unreadableUntil = System.nanoTime() + LAST_RETRY_NANOS;
    }

    /** What could not be read may be readable now: it was never seen to be damaged. */
    private void tryUnreadableAgain() {
        unreadableUntil = System.nanoTime() + LAST_RETRY_NANOS;
        damaged.values().removeIf(victim -> {
            if (victim.unreadable) {
                policy.markReadable(victim.segment);
            }
            return victim.unreadable;
        });
    }

    private synchronized void setRunning(boolean now) {
        running = now;
    }

    private synchronized void count(MergeStep.Outcome outcome) {
        merges++;
        merged += outcome.victims();
        readBytes += outcome.readBytes();
        writtenBytes += outcome.writtenBytes();
    }

    /** Removes the files of victims; what cannot be removed now is tried again, and on the next open. */
    private void removeUndeleted() {
        undeleted.removeIf(number -> {
            try {
                context.files().remove(number);
                return true;
            } catch (IOException e) {
                LOG.warn("{}: segment {} was merged, and is still there: {}", thread.getName(), number, e.getMessage());
                return false;
            }
        });
    }

    /** Makes the hint of one segment that has none; returns whether it did. */
    private boolean makeHint() {
        if (hintAt - System.nanoTime() > 0) {
            return false;
        }
        if (unhinted.isEmpty()) {
            // One pass over all of them for many hints, not for each.
            for (SegmentState state : states()) {
                if (!state.active() && !state.segment().isHinted()) {
                    unhinted.add(state);
                }
            }
        }
        for (SegmentState state = unhinted.poll(); state != null && !stopped; state = unhinted.poll()) {
            Segment segment = state.segment();
            if (segment.isDurable()
                    && !segment.isHinted()
                    && !context.log().isGone(segment)
                    && !damaged.containsKey(segment.number())
                    && !(settings.auto() && isSoonMerged(state))) {
                try {
                    hints.make(segment);
                    return true;
                } catch (DamagedVictimException e) {
                    markDamaged(e);
                    LOG.error("{}: {}", thread.getName(), e.getMessage());
                } catch (IOException e) {
                    hintAt = System.nanoTime() + LAST_RETRY_NANOS;
                    LOG.warn(
                            "{}: no hint file for segment {} yet: {}",
                            thread.getName(),
                            segment.number(),
                            e.getMessage());
                    return false;
                }
            }
        }
        return false;
    }

    private boolean isSoonMerged(SegmentState state) {
        return begun && state.logBytes() - state.liveBytes() > settings.garbageRatio() * state.logBytes();
    }

    /** Ends the thread: a merge that is not committed is given up, one that is goes to its end. */
    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        if (thread.getState() != Thread.State.NEW) {
            Threads.join(thread);
        }
    }
}
