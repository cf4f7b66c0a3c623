package io.kvstore.internal.index;

import io.kvstore.internal.index.KeyHash.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The index as many small {@link SlotTable}s behind a directory, chosen by the leading bits of the hash; a table that
 * is full grows by a quarter, and one that is as large as a table may be splits in two (extendible hashing: Fagin et
 * al., 1979). So a growth copies at most some 20,000 entries, a fraction of a millisecond, whatever the size of the
 * index. As long as keys are added, every table is between 0.64 and 0.8 full: 25 to 31.25 bytes a key, where doubling
 * would swing between 25 and 50. Where keys are removed, a table shrinks at a load of 0.45. All of that relies on
 * hashes whose leading bits are spread evenly, as those of {@link KeyHash} are.
 *
 * <p><b>Readers</b> take the directory by an acquire, the table in it by an acquire, and look. A table that was
 * replaced is never written again, and its successors are first written after they are published: a reader that is
 * still in it sees it as it was at that moment, which lies within the reader's call.
 */
public final class ShardedIndex implements Index {
    /**
     * The largest table: 24 Ki slots are 480 KiB, so that an array stays below the half of the smallest G1 region (1
     * MiB) from which on the collector gives it regions of its own and wastes what is left in them.
     */
    static final int MAX_CAPACITY = 24 << 10;

    private static final int MAX_DEPTH = 24;
    private static final VarHandle TABLE = MethodHandles.arrayElementVarHandle(SlotTable[].class);
    private static final VarHandle SIZE;
    private static final VarHandle MEMORY;

    static {
        try {
            SIZE = MethodHandles.lookup().findVarHandle(ShardedIndex.class, "size", long.class);
            MEMORY = MethodHandles.lookup().findVarHandle(ShardedIndex.class, "tableBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A power of two of entries; a table of depth d stands in all entries that begin with its d bits. */
    private volatile SlotTable[] directory;

    @SuppressWarnings("unused") // through SIZE
    private long size;

    @SuppressWarnings("unused") // through MEMORY
    private long tableBytes;

    /** An empty index of some 300 bytes. */
    public ShardedIndex() {
        SlotTable first = new SlotTable(0, SlotTable.MIN_CAPACITY);
        directory = new SlotTable[] {first};
        tableBytes = first.memoryBytes();
    }

    @Override
    public long get(Hash key) {
        return table(key.high()).get(key.high(), key.low());
    }

    @Override
    public long touch(Hash key) {
        return table(key.high()).touch(key.high());
    }

    @Override
    public void prepare(Hash key) {
        SlotTable table = table(key.high());
        if (table.isFull()) {
            replaceFull(table, key.high());
        } else if (table.isSparse()) {
            replace(table, key.high(), table.resized());
        }
    }

    @Override
    public long put(Hash key, long location) {
        long former = table(key.high()).put(key.high(), key.low(), location);
        if (former == Location.NONE) {
            SIZE.setRelease(this, size + 1);
        }
        return former;
    }

    @Override
    public long remove(Hash key) {
        long former = table(key.high()).remove(key.high(), key.low());
        if (former != Location.NONE) {
            SIZE.setRelease(this, size - 1);
        }
        return former;
    }

    @Override
    public long size() {
        return (long) SIZE.getAcquire(this);
    }

    @Override
    public long memoryBytes() {
        return (long) MEMORY.getAcquire(this) + 16 + 4L * directory.length;
    }

    @Override
    public Part part(long start) {
        SlotTable table = table(start);
        // Zero when the last part's end wraps around the 64 bits.
        long next = table.depth() == 0 ? 0 : start + (Long.MIN_VALUE >>> (table.depth() - 1));
        return new Part(table.locations(), next);
    }

    private SlotTable table(long high) {
        SlotTable[] tables = directory;
        return (SlotTable) TABLE.getAcquire(tables, position(tables, high));
    }

    /** The leading bits of a hash, as many as the directory is deep. */
    private static int position(SlotTable[] tables, long high) {
        return (int) (high >>> 1 >>> (63 - Integer.numberOfTrailingZeros(tables.length)));
    }

    private void replaceFull(SlotTable table, long high) {
        if (SlotTable.capacityFor(table.count()) <= MAX_CAPACITY || table.depth() == MAX_DEPTH) {
            replace(table, high, table.resized());
        } else {
            if (1 << table.depth() == directory.length) {
                doubleDirectory();
            }
            replace(table, high, table.split());
        }
    }

    /** Doubles the directory; in the old one, which readers may still hold, nothing changes any more. */
    private void doubleDirectory() {
        SlotTable[] old = directory;
        SlotTable[] doubled = new SlotTable[2 * old.length];
        for (int i = 0; i < doubled.length; i++) {
            doubled[i] = old[i >> 1];
        }
        directory = doubled;
    }

    /** Puts one successor, or two halves, into all entries of the directory in which a table stands. */
    private void replace(SlotTable table, long high, SlotTable... successors) {
        SlotTable[] tables = directory;
        int entries = tables.length >> table.depth();
        int first = position(tables, high) & -entries;
        int share = entries / successors.length;
        long bytes = tableBytes - table.memoryBytes();
        for (int i = 0; i < successors.length; i++) {
            for (int entry = 0; entry < share; entry++) {
                TABLE.setRelease(tables, first + i * share + entry, successors[i]);
            }
            bytes += successors[i].memoryBytes();
        }
        MEMORY.setRelease(this, bytes);
    }
}
