package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the keys of one range of hashes: what a later segment says of a key counts. Counts the current records of each
 * segment meanwhile. Belongs to one thread; what it has come to is read after that has ended.
 */
final class PartitionLoader {
    private static final int MAX_READ_BITS = 12;
    private static final int MAX_LOAD_BITS = 8;

    /** Fewer keys are not worth tables of their own. */
    private static final int LEAST_RESERVED = 256;

    /** From fewer samples a share is not to be guessed. */
    private static final int LEAST_SHARE = 4;

    private static final int SAMPLES = 128;

    private final HashRange range;
    private final int readEntries;
    private final int loadedEntries;
    private final Map<Integer, Part> parts = new HashMap<>();
    private @Nullable Part recent;

    /** Those for which room was made in the range that is being loaded. */
    private final Set<Part> roomy = new HashSet<>();

    private long[] livePuts = new long[64];
    private long[] liveEstimates = new long[64];

    /** The segment that is being loaded. */
    private int slot;

    /**
     * Loads the keys of one range.
     *
     * @param range of hashes
     * @param readEntries about so many are in memory at once, 24 bytes each, and twice that at the worst
     * @param loadedEntries about so many are loaded, one segment after the other, before the next range
     */
    PartitionLoader(HashRange range, int readEntries, int loadedEntries) {
        this.range = range;
        this.readEntries = readEntries;
        this.loadedEntries = loadedEntries;
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
     * range are in the processor's caches while the entries of all these segments come. Entries are read for several
     * such ranges at once, since each read opens a file.
     */
    void load(List<SegmentSource> sources, int firstSlot) throws IOException {
        long all = 0;
        for (SegmentSource source : sources) {
            all += source.count();
        }
        makeSlots(firstSlot + sources.size());
        List<EntryRun> runs = new ArrayList<>();
        sources.forEach(source -> runs.add(new EntryRun()));
        int readBits = splitBits(all >>> range.bits(), readEntries, MAX_READ_BITS);
        int loadBits = splitBits(all >>> (range.bits() + readBits), loadedEntries, MAX_LOAD_BITS);
        for (int i = 0; i < 1 << readBits; i++) {
            HashRange read = range.split(readBits, ScatteredOrder.get(readBits, i));
            for (int j = 0; j < runs.size(); j++) {
                sources.get(j).read(read, runs.get(j));
            }
            for (int j = 0; j < 1 << loadBits; j++) {
                load(read.split(loadBits, ScatteredOrder.get(loadBits, j)), runs, firstSlot);
            }
        }
    }

    /** Into how many ranges, by their bits, so that each has about so many entries at the most. */
    private static int splitBits(long entries, int most, int maxBits) {
        int bits = 0;
        while (bits < maxBits && entries >>> bits > most) {
            bits++;
        }
        return bits;
    }

    /** Loads one small range of hashes. */
    private void load(HashRange part, List<EntryRun> runs, int firstSlot) {
        int count = 0;
        for (EntryRun run : runs) {
            count += run.select(part);
        }
        makeRoom(part, runs, count, firstSlot);
        for (int i = 0; i < runs.size(); i++) {
            slot = firstSlot + i;
            load(runs.get(i));
        }
        if (runs.size() > 1) {
            roomy.forEach(bucket -> bucket.index.compact(part.bits(), part.first()));
        }
        roomy.clear();
    }

    /** A small method of its own, which is called often: it is compiled early in a JVM that has just started. */
    private void load(EntryRun run) {
        int to = run.to();
        for (int i = run.from(); i < to; i++) {
            load(run.high(i), run.second(i), run.third(i));
        }
    }

    private void makeSlots(int slots) {
        if (slots > livePuts.length) {
            livePuts = Arrays.copyOf(livePuts, 2 * slots);
            liveEstimates = Arrays.copyOf(liveEstimates, 2 * slots);
        }
    }

    /**
     * Makes room for the keys that a range adds, as a sample of its entries tells; for too many, where some of them are
     * of one key: {@link ShardedIndex#compact} follows. Entries come in the order of their hashes, which would crowd
     * the front of a table that has to grow while they come. Where there is room for all of them, no sample is taken.
     */
    private void makeRoom(HashRange of, List<EntryRun> runs, int count, int firstSlot) {
        if (parts.size() == 1 && onlyPart().index.hasRoom(of.bits(), of.first(), count)) {
            return;
        }
        Map<Integer, Integer> unknown = new HashMap<>();
        int samples = Math.min(count, SAMPLES);
        int run = 0;
        long before = 0;
        for (int i = 0; i < samples; i++) {
            long wanted = (long) i * count / samples;
            while (wanted - before >= runs.get(run).selected()) {
                before += runs.get(run).selected();
                run++;
            }
            slot = firstSlot + run;
            EntryRun entries = runs.get(run);
            int entry = entries.from() + (int) (wanted - before);
            long second = entries.second(entry);
            Part part = part(HintEntry.bucket(entries.third(entry)), HintEntry.offset(entries.third(entry)));
            Hash key = new Hash(entries.high(entry), HintEntry.low(second));
            if (!HintEntry.isTombstone(second) && part.index.get(key) == Location.NONE) {
                unknown.merge(part.bucket, 1, Integer::sum);
            }
        }
        unknown.forEach((bucket, share) -> {
            long added = (long) count * share / samples;
            if (share >= LEAST_SHARE && added >= LEAST_RESERVED) {
                Part part = part(bucket, 0);
                part.index.reserve(of.bits(), of.first(), added);
                roomy.add(part);
            }
        });
    }

    private Part onlyPart() {
        return parts.values().iterator().next();
    }

    /** Ends the load: gives back the room that was made in vain. */
    void finish() {
        parts.values().forEach(part -> part.index.compact(range.bits(), range.first()));
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
            start = index.visit(start, this::dead);
        } while (start != 0);
    }

    long livePuts(int ofSlot) {
        return ofSlot < livePuts.length ? livePuts[ofSlot] : 0;
    }

    long liveEstimate(int ofSlot) {
        return ofSlot < liveEstimates.length ? liveEstimates[ofSlot] : 0;
    }
}
