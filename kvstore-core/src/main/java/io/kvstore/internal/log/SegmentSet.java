package io.kvstore.internal.log;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a store by slot, the small number by which locations in the index name them.
 *
 * <p>Changed under the log's lock, read by any thread. A reader that got a location from the index finds the segment
 * here: the segment is set before any location names it, and the index publishes with release.
 */
public final class SegmentSet {
    /** Slots are smaller than this: what the default limit of 65,530 mappings leaves beside those of the JVM itself. */
    public static final int MAX_SEGMENTS = 60_000;

    private static final int INITIAL_CAPACITY = 64;

    private volatile AtomicReferenceArray<@Nullable Segment> slots = new AtomicReferenceArray<>(INITIAL_CAPACITY);
    private int used;

    /**
     * The slot of the segment that is added next.
     *
     * @return the slot
     * @throws KVException with code {@link KVErrorCode#LIMIT_REACHED} if there is none
     */
    public int nextSlot() {
        if (used == MAX_SEGMENTS) {
            throw new KVException(
                    KVErrorCode.LIMIT_REACHED,
                    "the store has " + MAX_SEGMENTS
                            + " segments, the most it can: copy it into a new store with a larger segmentSize");
        }
        return used;
    }

    /**
     * Adds a segment in the next slot.
     *
     * @param segment made for {@link #nextSlot}
     */
    public void add(Segment segment) {
        assert segment.slot() == used;
        AtomicReferenceArray<@Nullable Segment> current = slots;
        if (used == current.length()) {
            AtomicReferenceArray<@Nullable Segment> larger = new AtomicReferenceArray<>(2 * current.length());
            for (int i = 0; i < used; i++) {
                larger.set(i, current.get(i));
            }
            larger.set(used, segment);
            slots = larger;
        } else {
            current.set(used, segment);
        }
        used++;
    }

    /** Takes the segment out that was added last, if it was added; no location names it. */
    void remove(Segment segment) {
        if (used > 0 && slots.get(used - 1) == segment) {
            used--;
            slots.set(used, null);
        }
    }

    Segment get(int slot) {
        AtomicReferenceArray<@Nullable Segment> current = slots;
        Segment segment = slot < current.length() ? current.get(slot) : null;
        if (segment == null) {
            throw new IllegalStateException("no segment in slot " + slot);
        }
        return segment;
    }

    List<Segment> all() {
        AtomicReferenceArray<@Nullable Segment> current = slots;
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < current.length(); i++) {
            Segment segment = current.get(i);
            if (segment == null) {
                break;
            }
            segments.add(segment);
        }
        return segments;
    }
}
