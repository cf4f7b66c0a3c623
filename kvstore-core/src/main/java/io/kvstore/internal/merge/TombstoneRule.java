package io.kvstore.internal.merge;

import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentState;
import io.kvstore.internal.recovery.HintFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which tombstones must be kept: those that keep an older record of their key, in another file, from coming back
 * on the next open.
 *
 * <p>The key has no entry in the index, so every put of it is garbage. It can be older than the tombstone, and in a
 * segment that the merge does not rewrite, only if
 *
 * <ul>
 *   <li>the segment's {@linkplain Segment#base() base} is below the tombstone's sequence number: what a later log
 *       segment holds is newer, and a merge that began after the deletion has copied no put of the key;
 *   <li>the segment has garbage at all: a put of the key that were the only garbage would count as such;
 *   <li>the segment's hint says that it has the key. A segment without a hint may have any.
 * </ul>
 *
 * All three look at what is in files, and never miss a record that is there; so a tombstone that the rule lets go is
 * not needed. A merge of all segments, older ones first, lets all of them go: what it has rewritten has no older puts.
 *
 * <p>Belongs to the merge thread. Costs a look into one filter for each pair of a tombstone and an older segment with
 * garbage; memory for one filter at a time, two bytes a key of the segment.
 */
final class TombstoneRule {
    private static final Logger LOG = LoggerFactory.getLogger(TombstoneRule.class);

    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final List<SegmentState> others = new ArrayList<>();
    private final Set<Integer> blockers = new HashSet<>();
    private final BooleanSupplier stopped;

    /**
     * The rule for one merge.
     *
     * @param directory of the store
     * @param store which store
     * @param states of all segments, taken after the last of the tombstones was written
     * @param victims the numbers of those that are rewritten
     * @param stopped whether to give up
     */
    TombstoneRule(
            StoreDirectory directory,
            StoreFileLayout store,
            List<SegmentState> states,
            Set<Integer> victims,
            BooleanSupplier stopped) {
        this.directory = directory;
        this.store = store;
        this.stopped = stopped;
        for (SegmentState state : states) {
            if (!victims.contains(state.segment().number()) && state.deadPuts() > 0) {
                others.add(state);
            }
        }
    }

    /** Whether any segment could hold an older record than one with a sequence number, whatever its key. */
    boolean mayMatter(long sequence) {
        for (SegmentState other : others) {
            if (other.segment().base() < sequence) {
                return true;
            }
        }
        return false;
    }

    /** Which of some keys need a tombstone. */
    BitSet needed(DeletedKeys keys) throws IOException {
        BitSet needed = new BitSet(keys.count());
        int[] order = keys.byHash();
        for (SegmentState other : others) {
            if (stopped.getAsBoolean()) {
                throw new MergeStoppedException();
            }
            look(other.segment(), keys, order, needed);
        }
        return needed;
    }

    private void look(Segment other, DeletedKeys keys, int[] order, BitSet needed) {
        long base = other.base();
        HintFile.Keys present = null;
        try {
            HintFile hint = other.isHinted() ? HintFile.open(directory, store, other.header()) : null;
            present = hint == null ? null : hint.keys();
            for (int i : order) {
                if (!needed.get(i) && base < keys.sequence(i)) {
                    boolean found = present == null || present.contains(keys.high(i), keys.low(i), keys.bucket(i));
                    if (found) {
                        needed.set(i);
                        blockers.add(other.number());
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("a merge keeps tombstones, since the hint of {} cannot be read: {}", other.path(), e.getMessage());
            keepAll(other, keys, order, needed);
        } finally {
            close(present);
        }
    }

    private void keepAll(Segment other, DeletedKeys keys, int[] order, BitSet needed) {
        for (int i : order) {
            if (other.base() < keys.sequence(i)) {
                needed.set(i);
                blockers.add(other.number());
            }
        }
    }

    private static void close(HintFile.@Nullable Keys present) {
        if (present != null) {
            try {
                present.close();
            } catch (IOException e) {
                LOG.debug("a hint file was not closed", e);
            }
        }
    }

    /** The segments for whose sake tombstones were kept. */
    Set<Integer> blockers() {
        return blockers;
    }
}
