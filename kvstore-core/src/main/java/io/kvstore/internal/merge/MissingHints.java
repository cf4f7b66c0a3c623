package io.kvstore.internal.merge;

import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the hint files that sealed segments lack, one at a time. Belongs to the merge thread, and to a close after
 * that.
 */
final class MissingHints {
    private static final Logger LOG = LoggerFactory.getLogger(MissingHints.class);

    private static final long RETRY_NANOS = 60_000_000_000L;

    private final MergeContext context;
    private final HintMaker maker;
    private final StoreEvents events;
    private final DamagedSegments damaged;

    /** Those that may need a hint, as they were when the last pass over all segments began. */
    private final Deque<SegmentState> unhinted = new ArrayDeque<>();

    /** No hint is tried before. */
    private long tryAt = System.nanoTime();

    MissingHints(MergeContext context, DamagedSegments damaged, StoreEvents events) {
        this.context = context;
        this.events = events;
        this.maker = new HintMaker(context.files().directory(), context.files().store(), context.hash());
        this.damaged = damaged;
    }

    /**
     * Makes the hint of one segment that has none.
     *
     * @param states of all segments; asked for once for many hints
     * @param passedOver segments that get none now
     * @return whether it did
     */
    boolean makeNext(Supplier<List<SegmentState>> states, Predicate<SegmentState> passedOver) {
        if (tryAt - System.nanoTime() > 0) {
            return false;
        }
        // Those that are left of an earlier look may have been merged since.
        Segment segment = nextWanted(passedOver);
        if (segment == null) {
            for (SegmentState state : states.get()) {
                if (!state.active() && !state.segment().isHinted()) {
                    unhinted.add(state);
                }
            }
            segment = nextWanted(passedOver);
        }
        return segment != null && make(segment);
    }

    private @Nullable Segment nextWanted(Predicate<SegmentState> passedOver) {
        for (SegmentState state = unhinted.poll(); state != null; state = unhinted.poll()) {
            if (isWanted(state.segment()) && !passedOver.test(state)) {
                return state.segment();
            }
        }
        return null;
    }

    private boolean isWanted(Segment segment) {
        return segment.isDurable()
                && !segment.isHinted()
                && !context.log().turnover().isGone(segment)
                && !damaged.contains(segment.number());
    }

    /** Returns whether there may be more to do at once. */
    private boolean make(Segment segment) {
        try {
            StoreEvents.Rebuilding rebuilding = events.rebuilding();
            maker.make(segment);
            rebuilding.end(segment.number(), segment.end());
            return true;
        } catch (DamagedVictimException e) {
            damaged.add(e);
            LOG.error("{}: {}", Thread.currentThread().getName(), e.getMessage());
            return true;
        } catch (IOException e) {
            giveUp(segment, ": " + e.getMessage());
            return false;
        } catch (OutOfMemoryError e) {
            giveUp(segment, ", since the heap is too small (" + e.getMessage() + "); it is tried again");
            return false;
        }
    }

    /** The store does without a hint for now, and merges go on. */
    private void giveUp(Segment segment, String why) {
        tryAt = System.nanoTime() + RETRY_NANOS;
        LOG.warn("{}: no hint file for segment {} yet{}", Thread.currentThread().getName(), segment.number(), why);
    }
}
