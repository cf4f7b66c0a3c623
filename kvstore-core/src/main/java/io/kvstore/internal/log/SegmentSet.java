package io.kvstore.internal.log;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a store by slot, the small number by which locations in the index name them. Slots are used again
 * once their segment is gone.
 *
 * <p>Read by any thread without a lock. A reader that got a location from the index finds the segment here: it is set
 * before any location names it, and the index publishes with release; it is removed only when no location names it, and
 * no reader that may have found one holds a pin any more. Shown by the harnesses {@code SegmentPublication}.
 */
public final class SegmentSet {
    /** Slots are smaller than this: what the default limit of 65,530 mappings leaves beside those of the JVM itself. */
    public static final int MAX_SEGMENTS = 60_000;

    /** Slots beyond, so that a store that is full of segments can be opened and merged. */
    private static final int KEPT = 2_000;

    private static final int INITIAL_CAPACITY = 64;

    private volatile AtomicReferenceArray<@Nullable Segment> slots = new AtomicReferenceArray<>(INITIAL_CAPACITY);

    /** Slots that are given out, whether their segment is there yet or not. Guarded by this. */
    private final BitSet taken = new BitSet();

    /**
     * Takes a free slot for a segment that is to be made.
     *
     * @return the slot; {@link #add} a segment in it, or {@link #release} it
     * @throws KVException with code {@link KVErrorCode#LIMIT_REACHED} if there is none
     */
    public synchronized int takeSlot() {
        return takeSlot(MAX_SEGMENTS);
    }

    /**
     * As {@link #takeSlot}, with some more to take: for a merge, which gives back what it takes, and for what is there
     * already when a store is opened.
     *
     * @return the slot
     * @throws KVException with code {@link KVErrorCode#LIMIT_REACHED} if there is none
     */
    public synchronized int takeKeptSlot() {
        return takeSlot(MAX_SEGMENTS + KEPT);
    }

    /**
     * Makes sure that a number of segments can be opened, before that takes time.
     *
     * @param segments how many
     * @throws KVException with code {@link KVErrorCode#LIMIT_REACHED} if they are more than any store has
     */
    public static void requireRoom(int segments) {
        if (segments > MAX_SEGMENTS + KEPT) {
            throw new KVException(
                    KVErrorCode.LIMIT_REACHED,
                    "the store has " + segments + " segments, more than the " + (MAX_SEGMENTS + KEPT)
                            + " that one can: it was not made by this version of kvstore");
        }
    }

    private int takeSlot(int limit) {
        int slot = taken.nextClearBit(0);
        if (slot >= limit) {
            throw new KVException(
                    KVErrorCode.LIMIT_REACHED,
                    "the store has " + limit
                            + " segments, the most it can: merge it, or copy it into a new store with a larger"
                            + " segmentSize");
        }
        taken.set(slot);
        return slot;
    }

    /**
     * Adds a segment in its slot.
     *
     * @param segment made for a slot that was taken
     */
    public synchronized void add(Segment segment) {
        int slot = segment.slot();
        assert taken.get(slot) && slotsGet(slot) == null : "slot " + slot;
        AtomicReferenceArray<@Nullable Segment> current = slots;
        if (slot >= current.length()) {
            AtomicReferenceArray<@Nullable Segment> larger =
                    new AtomicReferenceArray<>(Math.max(2 * current.length(), slot + 1));
            for (int i = 0; i < current.length(); i++) {
                larger.set(i, current.get(i));
            }
            larger.set(slot, segment);
            slots = larger;
        } else {
            current.set(slot, segment);
        }
    }

    /**
     * Gives a slot back, and forgets the segment in it, if there is one: no location names it any more, and no reader
     * is in it.
     *
     * @param slot from {@link #takeSlot}
     */
    public synchronized void release(int slot) {
        assert taken.get(slot) : "slot " + slot;
        if (slotsGet(slot) != null) {
            slots.set(slot, null);
        }
        taken.clear(slot);
    }

    private @Nullable Segment slotsGet(int slot) {
        AtomicReferenceArray<@Nullable Segment> current = slots;
        return slot < current.length() ? current.get(slot) : null;
    }

    Segment get(int slot) {
        Segment segment = slotsGet(slot);
        if (segment == null) {
            throw new IllegalStateException("no segment in slot " + slot);
        }
        return segment;
    }

    /** Whether a segment is in it, and not just was. */
    boolean holds(Segment segment) {
        return slotsGet(segment.slot()) == segment;
    }

    /**
     * All segments.
     *
     * @return a snapshot in the order of the slots, which means nothing
     */
    public List<Segment> all() {
        AtomicReferenceArray<@Nullable Segment> current = slots;
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < current.length(); i++) {
            Segment segment = current.get(i);
            if (segment != null) {
                segments.add(segment);
            }
        }
        return segments;
    }
}
