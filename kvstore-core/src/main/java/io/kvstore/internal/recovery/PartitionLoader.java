package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the keys of one range of hashes: what a later segment says of a key counts. Counts the current records of each
 * segment meanwhile. Belongs to one thread; what it has come to is read after that has ended.
 */
final class PartitionLoader {
    /** A run of entries of one segment that is loaded at once has at least so many, but in small segments. */
    private static final int LEAST_RUN = 2048;

    private static final int MAX_SPLIT_BITS = 8;

    /** Fewer keys are not worth tables of their own. */
    private static final int LEAST_RESERVED = 256;

    private static final int SAMPLES = 128;

    private final HashRange range;
    private final Map<Integer, Part> parts = new HashMap<>();
    private @Nullable Part recent;
    private long[] livePuts = new long[64];
    private long[] liveEstimates = new long[64];

    /** The segment that is being loaded. */
    private int slot;

    PartitionLoader(HashRange range) {
        this.range = range;
    }

    /** The keys of one bucket in this range. */
    static final class Part {
        final int bucket;
        final ShardedIndex index;

        /** Where the first of its records stands, to name it if no record declares the bucket. */
        final int firstSlot;

        final int firstOffset;

        Part(int bucket, int bits, int firstSlot, int firstOffset) {
            this.bucket = bucket;
            this.index = new ShardedIndex(bits);
            this.firstSlot = firstSlot;
            this.firstOffset = firstOffset;
        }
    }

    /**
     * Loads some segments that follow each other, one small range of hashes after the other, so that the tables of a
     * range are in the processor's caches while the entries of all these segments come.
     */
    void load(List<SegmentSource> sources, int firstSlot) throws IOException {
        int most = 0;
        long all = 0;
        for (SegmentSource source : sources) {
            most = Math.max(most, source.count());
            all += source.count();
        }
        int bits = 0;
        while (bits < MAX_SPLIT_BITS && most >>> (range.bits() + bits) > LEAST_RUN) {
            bits++;
        }
        makeSlots(firstSlot + sources.size());
        EntryRun run = new EntryRun();
        for (int i = 0; i < 1 << bits; i++) {
            HashRange part = range.split(bits, ScatteredOrder.get(bits, i));
            long left = all;
            for (int j = 0; j < sources.size(); j++) {
                slot = firstSlot + j;
                SegmentSource source = sources.get(j);
                source.read(part, run);
                // Of the first all keys are new, whether the later ones overwrite them or not.
                makeRoom(part, run, j == 0 || source.count() == 0 ? 1 : (double) left / source.count());
                left -= source.count();
                for (int entry = 0; entry < run.count(); entry++) {
                    load(run.high(entry), run.second(entry), run.third(entry));
                }
            }
            if (sources.size() > 1) {
                compact(part);
            }
        }
    }

    private void makeSlots(int slots) {
        if (slots > livePuts.length) {
            livePuts = Arrays.copyOf(livePuts, 2 * slots);
            liveEstimates = Arrays.copyOf(liveEstimates, 2 * slots);
        }
    }

    /**
     * Makes room for what this run and the later ones add, as a sample of it tells. Its entries come in the order of
     * their hashes, which would crowd the front of a table that has to grow while they come.
     *
     * @param runs how many times as much comes from here on, this run included
     */
    private void makeRoom(HashRange of, EntryRun run, double runs) {
        Map<Integer, Integer> unknown = new HashMap<>();
        int samples = Math.min(run.count(), SAMPLES);
        for (int i = 0; i < samples; i++) {
            int entry = (int) ((long) i * run.count() / samples);
            long second = run.second(entry);
            Part part = part(HintEntry.bucket(run.third(entry)), HintEntry.offset(run.third(entry)));
            Hash key = new Hash(run.high(entry), HintEntry.low(second));
            if (!HintEntry.isTombstone(second) && part.index.get(key) == Location.NONE) {
                unknown.merge(part.bucket, 1, Integer::sum);
            }
        }
        unknown.forEach((bucket, share) -> {
            long added = (long) run.count() * share / samples;
            if (added >= LEAST_RESERVED) {
                part(bucket, 0).index.reserve(of.bits(), of.first(), added, (long) (added * runs));
            }
        });
    }

    /** Ends the load: gives back the room that was made in vain. */
    void finish() {
        compact(range);
    }

    private void compact(HashRange of) {
        parts.values().forEach(part -> part.index.compact(of.bits(), of.first()));
    }

    private void load(long high, long second, long third) {
        Part part = part(HintEntry.bucket(third), HintEntry.offset(third));
        Hash key = new Hash(high, HintEntry.low(second));
        part.index.prepareToLoad(key);
        if (HintEntry.isTombstone(second)) {
            dead(part.index.remove(key));
            return;
        }
        int sizeClass = HintEntry.sizeClass(second);
        dead(part.index.put(key, Location.of(slot, HintEntry.offset(third), sizeClass, HintEntry.expires(second))));
        livePuts[slot]++;
        liveEstimates[slot] += SizeClass.bound(sizeClass);
    }

    private void dead(long location) {
        if (location != Location.NONE) {
            livePuts[Location.slot(location)]--;
            liveEstimates[Location.slot(location)] -= Location.sizeBound(location);
        }
    }

    private Part part(int bucket, int offset) {
        Part part = recent;
        if (part == null || part.bucket != bucket) {
            part = parts.computeIfAbsent(bucket, id -> new Part(id, range.bits(), slot, offset));
            recent = part;
        }
        return part;
    }

    /** The buckets that any record of this range belongs to. */
    Map<Integer, Part> parts() {
        return parts;
    }

    /**
     * Takes the keys of a bucket that was dropped, in any range, out of the figures; what counts then is the sum over
     * all ranges.
     */
    void discard(ShardedIndex index) {
        long start = 0;
        do {
            var entries = index.part(start);
            for (int i = 0; i < entries.size(); i++) {
                dead(entries.location(i));
            }
            start = entries.next();
        } while (start != 0);
    }

    long livePuts(int ofSlot) {
        return ofSlot < livePuts.length ? livePuts[ofSlot] : 0;
    }

    long liveEstimate(int ofSlot) {
        return ofSlot < liveEstimates.length ? liveEstimates[ofSlot] : 0;
    }
}
