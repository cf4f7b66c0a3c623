package io.kvstore.internal.merge;

import io.kvstore.KVClosedException;
import io.kvstore.KVException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.log.SegmentState;
import io.kvstore.internal.log.Threads;
import io.kvstore.internal.merge.MergeRequests.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
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

    /** No hint is begun later in a close. */
    private static final long LAST_HINTS_NANOS = 2_000_000_000L;

    private final Settings settings;
    private final VictimPolicy policy;
    private final MergePace pace;
    private final MergeRunner runner;
    private final FullMerge fullMerge;
    private final MissingHints hints;
    private final MergeRequests requests = new MergeRequests();
    private final Thread thread;

    /** Set before the thread is unparked, and asked by it before it parks: it ends at once. */
    private volatile boolean stopped;

    /**
     * Set before the thread is unparked, cleared by the thread before it looks for work: in the total order of these
     * accesses it either finds the work or finds itself woken. No harness shows it: a wake-up that is lost costs
     * {@link #LOOK_NANOS}, and nothing else.
     */
    private volatile boolean woken;

    private final DamagedSegments damaged = new DamagedSegments();
    private boolean begun;
    private long retryAt;
    private long retryNanos;

    /** Whether the garbage demands a merge that has failed for want of room, and is to be tried again. */
    private boolean waitsForRoom;

    /**
     * The merges of one store.
     *
     * @param context what they work on
     * @param settings how
     */
    public Merger(MergeContext context, Settings settings) {
        this.settings = settings;
        this.policy = new VictimPolicy(settings.garbageRatio(), settings.sizes(), damaged);
        this.pace = new MergePace(
                context.log(),
                settings.garbageRatio(),
                settings.sizes(),
                settings.bytesPerSecond(),
                settings.auto(),
                () -> stopped);
        StoreEvents events = StoreEvents.of(context.files().directory().path());
        this.runner = new MergeRunner(context, policy, damaged, pace, events, settings.hook(), () -> stopped);
        this.fullMerge = new FullMerge(context.log(), runner, policy, damaged, () -> stopped);
        this.hints = new MissingHints(context, damaged, events);
        thread = new Thread(this::run, "kvstore-" + settings.storeName() + "-merge");
        thread.setDaemon(true);
    }

    /**
     * How merges are done.
     *
     * @param auto whether they start by themselves
     * @param garbageRatio of garbage to all, which they keep to
     * @param bytesPerSecond that a merge reads and writes at the most; 0 for what garbage demands
     * @param sizes of the segments that they write
     * @param storeName for the name of the thread
     * @param hook for tests
     */
    public record Settings(
            boolean auto,
            double garbageRatio,
            long bytesPerSecond,
            SegmentSizes sizes,
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

    /** Starts the thread, which has {@link #hints} to itself until it has ended. */
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
        merge(null);
    }

    /**
     * Merges some sealed segments in one step, whatever garbage they have, and waits for it.
     *
     * @param numbers tells which
     * @throws KVException as {@link #mergeAll}
     */
    public void mergeOnly(IntPredicate numbers) {
        merge(numbers);
    }

    private void merge(@Nullable IntPredicate only) {
        Request request = requests.add(only);
        woken = true;
        LockSupport.unpark(thread);
        requests.await(request);
    }

    /** Tells that a segment was sealed; with the log's lock held. */
    public void rolled() {
        pace.rolled();
        wake();
    }

    /**
     * Figures.
     *
     * @return a snapshot
     */
    public Figures figures() {
        return runner.figures();
    }

    private void run() {
        try {
            while (!stopped) {
                woken = false;
                if (!workOrServe()) {
                    begun = false;
                    pace.idle();
                    park();
                }
            }
        } finally {
            requests.end();
            pace.idle();
        }
    }

    private boolean workOrServe() {
        List<Request> waiting = List.of();
        try {
            waiting = requests.take();
            if (waiting.isEmpty()) {
                return work();
            }
            serve(waiting);
            return true;
        } catch (RuntimeException | Error e) {
            // What waits is told, and everything else is tried again.
            requests.complete(waiting, e);
            tell(e);
            return false;
        }
    }

    private void tell(Throwable failure) {
        try {
            if (failure instanceof OutOfMemoryError) {
                LOG.warn(
                        "{}: the heap is too small for work in the background ({}), which is tried again",
                        thread.getName(),
                        failure.getMessage());
            } else {
                LOG.error("{}: goes on after a failure", thread.getName(), failure);
            }
        } catch (OutOfMemoryError e) {
            // Not even enough for the log: the thread goes on.
        }
    }

    private void serve(List<Request> waiting) {
        List<Request> full = new ArrayList<>();
        for (Request request : waiting) {
            if (request.isFull()) {
                full.add(request);
            } else {
                requests.complete(List.of(request), mergeSome(request.only()));
            }
        }
        if (!full.isEmpty()) {
            damaged.tryUnreadableAgain();
            requests.complete(full, fullMerge.run());
        }
    }

    private @Nullable Throwable mergeSome(IntPredicate only) {
        List<SegmentState> states = runner.states();
        List<SegmentState> chosen = states.stream()
                .filter(state -> !state.active() && only.test(state.segment().number()))
                .toList();
        return chosen.isEmpty() ? null : runner.merge(chosen, states, true);
    }

    private boolean work() {
        runner.removeUndeleted();
        damaged.tryUnreadableAgainIfDue();
        // First the merge, and no hints while it lacks room: on a full disk they would take the last of it.
        boolean merged = settings.auto() && mergeIfDue(false);
        boolean hinted = !waitsForRoom && hints.makeNext(runner::states, state -> stopped || isSoonMerged(state));
        // Last what is not urgent: an open that finds no hints reads the segments.
        boolean joined = !merged && !hinted && settings.auto() && mergeIfDue(true);
        return merged || hinted || joined;
    }

    private void park() {
        if (!woken && !stopped) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    /**
     * Merges once if garbage demands it, or if there are many small segments; returns whether there may be more to do.
     */
    private boolean mergeIfDue(boolean small) {
        if (retryNanos > 0 && retryAt - System.nanoTime() > 0) {
            return false;
        }
        List<SegmentState> states = runner.states();
        // After a failure as little as possible at once: it may be room on the disk that was missing.
        long budget = retryNanos > 0 ? 0 : policy.budget(states);
        List<SegmentState> chosen = small ? policy.chooseSmall(states, budget) : policy.choose(states, begun, budget);
        if (chosen.isEmpty()) {
            waitsForRoom &= small;
            return false;
        }
        begun = true;
        Throwable failure = runner.merge(chosen, states, false);
        waitsForRoom = failure instanceof NoSpaceException;
        if (failure == null) {
            retryNanos = 0;
            return true;
        }
        if (failure instanceof DamagedVictimException) {
            return true;
        }
        // The room that was given up for it makes it worth to try again at once.
        boolean first = retryNanos == 0 && waitsForRoom;
        retryNanos = Math.min(LAST_RETRY_NANOS, Math.max(FIRST_RETRY_NANOS, 2 * retryNanos));
        retryAt = System.nanoTime() + (first ? 0 : retryNanos);
        return first;
    }

    private boolean isSoonMerged(SegmentState state) {
        return settings.auto()
                && begun
                && state.logBytes() - state.liveBytes() > settings.garbageRatio() * state.logBytes();
    }

    /**
     * Makes the hints that are missing, for the next open, as many as there is time for. After {@link #close}, with the
     * log synced: of segments that were written in the last moments there were none yet. What fails is left out.
     */
    public void makeLastHints() {
        long start = System.nanoTime();
        boolean more = true;
        try {
            while (more && System.nanoTime() - start < LAST_HINTS_NANOS) {
                more = hints.makeNext(runner::states, state -> false);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warn("{}: not all hint files were made: the next open reads their segments", thread.getName(), e);
        }
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
