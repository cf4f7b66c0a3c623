package io.kvstore.internal.merge;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.LogTail;
import io.kvstore.internal.log.ManifestFile.UncertainException;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentState;
import io.kvstore.internal.recovery.SortedEntries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One merge of some segments, the victims, into new ones. In this order:
 *
 * <ol>
 *   <li>make the victims durable, to their seals;
 *   <li>copy what is current, and those tombstones that are needed, with their sequence numbers;
 *   <li>make the copies and their hints durable;
 *   <li>make the log durable: what has superseded the records that were not copied must not be lost when they are;
 *   <li>replace the manifest: from here on the copies count, and not the victims;
 *   <li>point the index at the copies, key by key, where it still points at a victim: a newer write stays;
 *   <li>wait for the readers that may be in a victim; remove the victims.
 * </ol>
 *
 * <p>Crash story: before the manifest is replaced the copies are files that it does not list, and after that the
 * victims are: either are removed on the next open. A failure before leaves the store as it was.
 *
 * <p>Belongs to the merge thread. Writers are held up for the swap of a few keys at a time.
 */
final class MergeStep {
    /** Keys that are swapped while the log's lock is held: some ten microseconds. */
    private static final int SWAPPED_AT_ONCE = 64;

    private static final Logger LOG = LoggerFactory.getLogger(MergeStep.class);

    private final MergeContext context;
    private final Log log;
    private final List<Segment> victims = new ArrayList<>();
    private final BitSet victimSlots = new BitSet();
    private final Set<Integer> victimNumbers = new HashSet<>();
    private final BooleanSupplier stopped;
    private final MergePoint.Hook hook;
    private final MergeOutput output;
    private final TombstoneRule tombstones;
    private final VictimCopy copy;
    private final long base;
    private final long nowMillis;
    private final List<Segment> outputs = new ArrayList<>();
    private boolean committed;

    MergeStep(
            MergeContext context,
            List<SegmentState> chosen,
            List<SegmentState> all,
            long segmentSize,
            MergePace pace,
            BooleanSupplier stopped,
            MergePoint.Hook hook) {
        this.context = context;
        this.log = context.log();
        this.stopped = stopped;
        this.hook = hook;
        chosen.stream().sorted(SegmentState.ORDER).forEach(state -> addVictim(state.segment()));
        this.output = new MergeOutput(context.files(), segmentSize);
        this.tombstones =
                new TombstoneRule(context.files().directory(), context.files().store(), all, victimNumbers, stopped);
        this.base = snapshot().tailBase();
        this.nowMillis = context.clock().nowMillis();
        this.copy = new VictimCopy(context, victims, output, tombstones, pace, stopped, nowMillis);
    }

    private void addVictim(Segment segment) {
        victims.add(segment);
        victimSlots.set(segment.slot());
        victimNumbers.add(segment.number());
    }

    private LogTail.Snapshot snapshot() {
        log.lock().lock();
        try {
            return log.tail().snapshot();
        } finally {
            log.lock().unlock();
        }
    }

    /**
     * What a merge has done.
     *
     * @param victims segments that are gone
     * @param readBytes of records in them
     * @param writtenBytes of records copied
     * @param outputs numbers of the new segments
     * @param blockers segments for whose sake tombstones were kept
     */
    record Outcome(int victims, long readBytes, long writtenBytes, List<Integer> outputs, Set<Integer> blockers) {}

    /**
     * Merges.
     *
     * @throws IOException if it failed, and nothing has changed
     * @throws io.kvstore.KVException if the log could not be made durable; nothing has changed
     */
    Outcome run() throws IOException {
        boolean done = false;
        try {
            makeVictimsDurable();
            hook.at(MergePoint.CHOSEN);
            copy.run();
            hook.at(MergePoint.COPIED);
            output.finish();
            hook.at(MergePoint.WRITTEN);
            openOutputs();
            copy.requireAllMet();
            commit();
            done = true;
        } finally {
            if (!done && !committed) {
                giveUp();
            }
        }
        hook.at(MergePoint.COMMITTED);
        // A check that counts what the index names in each segment must not come in between, nor a drop.
        context.drops().lock();
        try {
            addOutputs();
            swap();
        } finally {
            context.drops().unlock();
        }
        hook.at(MergePoint.SWAPPED);
        context.pins().drain();
        hook.at(MergePoint.DRAINED);
        return retire();
    }

    private void makeVictimsDurable() {
        boolean durable = true;
        for (Segment victim : victims) {
            durable &= victim.isDurable();
        }
        if (!durable) {
            log.awaitSynced(log.position());
        }
    }

    private void openOutputs() throws IOException {
        for (MergeOutput.Written written : output.written()) {
            int slot = log.turnover().takeSlot();
            boolean opened = false;
            try {
                outputs.add(output.open(written, slot, base));
                opened = true;
            } finally {
                if (!opened) {
                    log.turnover().releaseSlot(slot);
                }
            }
        }
    }

    private void commit() throws IOException {
        ManifestLayout manifest;
        LogTail.Snapshot snapshot;
        log.lock().lock();
        try {
            // A roll that failed in the middle has poisoned the log, and left a segment that is neither active nor
            // sealed.
            log.requireHealthy();
            snapshot = log.tail().snapshot();
            manifest = manifest(snapshot);
        } finally {
            log.lock().unlock();
        }
        // Buckets that the manifest knows as dropped must be so in the log; and see the list above.
        log.awaitSynced(snapshot.position());
        hook.at(MergePoint.LOG_SYNCED);
        if (stopped.getAsBoolean()) {
            throw new MergeStoppedException();
        }
        try {
            context.manifest().replace(manifest);
        } catch (UncertainException e) {
            // Copies and victims are both kept, whichever of them counts; nothing is acknowledged any more.
            committed = true;
            log.poison(e);
            throw new IOException(e.getMessage(), e);
        }
        committed = true;
    }

    private ManifestLayout manifest(LogTail.Snapshot snapshot) {
        List<Segment> counting = log.sealedSegments();
        counting.removeIf(segment -> victimNumbers.contains(segment.number()));
        counting.addAll(outputs);
        return context.manifest(snapshot, counting);
    }

    private void giveUp() {
        for (Segment segment : outputs) {
            log.turnover().releaseSlot(segment.slot());
        }
        try {
            output.discard();
        } catch (IOException e) {
            LOG.warn(
                    "store {}: what a merge had written is still there, and removed on the next open: {}",
                    context.files().directory().path(),
                    e.getMessage());
        }
    }

    private void addOutputs() {
        log.lock().lock();
        try {
            outputs.forEach(log.turnover()::add);
        } finally {
            log.lock().unlock();
        }
    }

    private void swap() {
        for (int i = 0; i < outputs.size(); i++) {
            Segment segment = outputs.get(i);
            SortedEntries entries = output.written().get(i).entries();
            for (int from = 0; from < entries.count(); from += SWAPPED_AT_ONCE) {
                int to = Math.min(from + SWAPPED_AT_ONCE, entries.count());
                log.lock().lock();
                try {
                    for (int entry = from; entry < to; entry++) {
                        swap(segment, entries, entry);
                    }
                } finally {
                    log.lock().unlock();
                }
            }
        }
        for (int i = 0; i < copy.expired().count(); i++) {
            removeExpired(i);
        }
    }

    /**
     * Points the index at the copy of a record if it points at a victim: then it points at the very record that was
     * copied, since of each key only one record was, the one that the index pointed at, and no key ever moves into a
     * sealed segment. A write that came meanwhile has put the key elsewhere, and stays (harnesses {@code IndexSwap},
     * {@code StoreKey.OwnWrites}).
     */
    private void swap(Segment segment, SortedEntries entries, int i) {
        long second = entries.second(i);
        long third = entries.third(i);
        BucketIndex bucket = context.catalog().find(HintEntry.bucket(third));
        if (bucket == null || HintEntry.isTombstone(second)) {
            return;
        }
        Hash key = new Hash(entries.high(i), HintEntry.low(second));
        long present = bucket.index().get(key);
        if (present == Location.NONE || !victimSlots.get(Location.slot(present))) {
            return;
        }
        int sizeClass = HintEntry.sizeClass(second);
        long copy = Location.of(segment.slot(), HintEntry.offset(third), sizeClass, HintEntry.expires(second));
        if (bucket.index().compareAndSet(key, present, copy)) {
            log.removeLive(Location.slot(present), Location.sizeBound(present));
            log.addLive(segment.slot(), SizeClass.bound(sizeClass));
        }
    }

    private void removeExpired(int i) {
        DeletedKeys expired = copy.expired();
        context.catalog().markExpiredRemoved(nowMillis);
        Hash key = new Hash(expired.high(i), expired.low(i));
        int slot = victims.get(expired.victim(i)).slot();
        log.lock().lock();
        try {
            BucketIndex bucket = context.catalog().find(expired.bucket(i));
            long present = bucket == null ? Location.NONE : bucket.index().get(key);
            if (bucket != null
                    && present != Location.NONE
                    && Location.slot(present) == slot
                    && Location.offset(present) == expired.offset(i)) {
                bucket.index().prepare(key);
                bucket.index().remove(key);
                log.removeLive(slot, Location.sizeBound(present));
            }
        } finally {
            log.lock().unlock();
        }
    }

    private Outcome retire() {
        long read = 0;
        context.drops().lock();
        log.lock().lock();
        try {
            for (Segment victim : victims) {
                read += victim.end() - SegmentHeader.SIZE;
                log.turnover().remove(victim);
            }
        } finally {
            log.lock().unlock();
            context.drops().unlock();
        }
        List<Integer> numbers = new ArrayList<>();
        outputs.forEach(segment -> numbers.add(segment.number()));
        return new Outcome(victims.size(), read, output.bytes(), numbers, tombstones.blockers());
    }

    /** The numbers of the victims, whose files are to be removed once {@link #run} has returned. */
    Set<Integer> victims() {
        return victimNumbers;
    }
}
