package io.kvstore.internal.merge;

import io.kvstore.KVException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.log.SegmentState;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries single merges out: runs their steps, removes the files of their victims, tells and counts what came of them.
 * Belongs to the merge thread, but for its figures, which any thread may take.
 */
final class MergeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(MergeRunner.class);

    private final MergeContext context;
    private final VictimPolicy policy;
    private final DamagedSegments damaged;
    private final MergePace pace;
    private final StoreEvents events;
    private final MergePoint.Hook hook;
    private final BooleanSupplier stopped;

    /** The files of victims that could not be removed. */
    private final Set<Integer> undeleted = new HashSet<>();

    /** Figures. Guarded by this, as are those that follow. */
    private long merges;

    private long failures;
    private long merged;
    private long readBytes;
    private long writtenBytes;
    private boolean running;

    MergeRunner(
            MergeContext context,
            VictimPolicy policy,
            DamagedSegments damaged,
            MergePace pace,
            StoreEvents events,
            MergePoint.Hook hook,
            BooleanSupplier stopped) {
        this.context = context;
        this.policy = policy;
        this.damaged = damaged;
        this.pace = pace;
        this.events = events;
        this.hook = hook;
        this.stopped = stopped;
    }

    /** All segments as they are now. */
    List<SegmentState> states() {
        return context.log().segments(context.clock().nowMillis());
    }

    synchronized Merger.Figures figures() {
        return new Merger.Figures(merges, failures, merged, readBytes, writtenBytes, running);
    }

    /** Merges some segments; returns what went wrong. */
    @Nullable
    Throwable merge(List<SegmentState> chosen, List<SegmentState> all, boolean someoneWaits) {
        StoreEvents.Merging event = events.merging();
        long start = System.nanoTime();
        setRunning(true);
        pace.begin(someoneWaits);
        try {
            MergeStep step = new MergeStep(context, chosen, all, policy.segmentSize(all), pace, stopped, hook);
            MergeStep.Outcome outcome = step.run();
            undeleted.addAll(step.victims());
            removeUndeleted();
            hook.at(MergePoint.REMOVED);
            step.victims().forEach(policy::forget);
            step.victims().forEach(damaged::forget);
            outcome.outputs().forEach(number -> policy.block(number, outcome.blockers()));
            count(outcome);
            pace.end(outcome.readBytes() - outcome.writtenBytes(), System.nanoTime() - start);
            context.log().turnover().takeSpareRoom();
            event.end(outcome.victims(), outcome.readBytes(), outcome.writtenBytes(), "");
            LOG.debug(
                    "store {}: merged {} segments, {} bytes of records, into {} bytes",
                    context.files().directory().path(),
                    outcome.victims(),
                    outcome.readBytes(),
                    outcome.writtenBytes());
            return null;
        } catch (MergeStoppedException e) {
            return e;
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
            event.end(chosen.size(), 0, 0, e.toString());
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
            context.log().turnover().giveUpSpareRoom();
        }
        if (failure instanceof DamagedVictimException victim) {
            damaged.add(victim);
            LOG.error("{}: {}", Thread.currentThread().getName(), failure.getMessage());
        } else if (failure instanceof IOException || failure instanceof KVException) {
            LOG.warn(
                    "{}: a merge was given up, and is tried again later; nothing was lost: {}",
                    Thread.currentThread().getName(),
                    failure.getMessage());
        } else if (failure instanceof OutOfMemoryError) {
            LOG.warn(
                    "{}: a merge was given up, since the heap is too small ({}), and is tried again later",
                    Thread.currentThread().getName(),
                    failure.getMessage());
        } else {
            LOG.error(
                    "{}: a merge was given up, and is tried again later",
                    Thread.currentThread().getName(),
                    failure);
        }
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
    void removeUndeleted() {
        undeleted.removeIf(number -> {
            try {
                context.files().remove(number);
                return true;
            } catch (IOException e) {
                LOG.warn(
                        "{}: segment {} was merged, and is still there: {}",
                        Thread.currentThread().getName(),
                        number,
                        e.getMessage());
                return false;
            }
        });
    }
}
