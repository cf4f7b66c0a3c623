package io.kvstore.internal.log;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a merge changes about the segments of a log: those that it adds, those that it takes away, and spare room. */
public final class SegmentTurnover {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentTurnover.class);

    private final SegmentFiles files;
    private final SegmentSet segments;
    private final LiveBytes live;
    private final ReserveAhead ahead;

    SegmentTurnover(SegmentFiles files, SegmentSet segments, LiveBytes live, ReserveAhead ahead) {
        this.files = files;
        this.segments = segments;
        this.live = live;
        this.ahead = ahead;
    }

    /**
     * Takes a slot for a segment that a merge makes; any thread.
     *
     * @return the slot, to be added or released
     */
    public int takeSlot() {
        return segments.takeKeptSlot();
    }

    /**
     * Gives a slot free in which no segment was added; any thread.
     *
     * @param slot from {@link #takeSlot}
     */
    public void releaseSlot(int slot) {
        segments.release(slot);
    }

    /**
     * Adds a segment that a merge has made; with the log's lock held. Locations may name it from now on.
     *
     * @param merged finished, listed in the manifest
     */
    public void add(Segment merged) {
        segments.add(merged);
        live.include(merged);
    }

    /**
     * Forgets a segment: no location names it any more, no reader is in it, and the log's lock is held.
     *
     * @param merged away
     */
    public void remove(Segment merged) {
        segments.release(merged.slot());
        live.exclude(merged);
    }

    /**
     * Whether a segment was removed; any thread.
     *
     * @param segment that was in the log once
     * @return true if it is not any more
     */
    public boolean isGone(Segment segment) {
        return !segments.holds(segment);
    }

    /** Gives the room back that is taken ahead of the writers, as far as that can be, for a merge to make more. */
    public void giveUpSpareRoom() {
        try {
            ahead.giveUpSpare();
        } catch (IOException e) {
            LOG.warn(
                    "store {}: the segment made ahead could not be removed: {}",
                    files.directory().path(),
                    e.getMessage());
        }
    }

    /** Takes room ahead of the writers again. */
    public void takeSpareRoom() {
        ahead.takeSpare();
    }
}
