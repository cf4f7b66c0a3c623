package io.kvstore.internal.index;

import io.kvstore.internal.index.KeyHash.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.LongConsumer;

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
 * still in it sees it as it was at that moment, which lies within the reader's call. Shown by the harnesses
 * {@code IndexGrowth}; the size, released after the entry, by {@code IndexSize}; the swap of a merge by
 * {@code IndexSwap}.
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

    /** How many leading bits all hashes share: 0, or more in one of several parts that are to be joined. */
    private final int sharedBits;

    /** A power of two of entries; a table of depth d stands in all entries that begin with its d bits. */
    private volatile SlotTable[] directory;

    @SuppressWarnings("unused") // through SIZE
    private long size;

    /** A figure, which publishes nothing. */
    @SuppressWarnings("unused") // through MEMORY
    private long tableBytes;

    /** An empty index of some 300 bytes. */
    public ShardedIndex() {
        this(0);
    }

    /**
     * An empty index of hashes that share some leading bits, to be loaded by one of several threads, and then joined;
     * {@link #part} does not work before that.
     *
     * @param sharedBits how many
     * @see #join
     */
    public ShardedIndex(int sharedBits) {
        this.sharedBits = sharedBits;
        SlotTable first = new SlotTable(sharedBits, SlotTable.MIN_CAPACITY);
        directory = new SlotTable[] {first};
        tableBytes = first.memoryBytes();
    }

    private ShardedIndex(SlotTable[] directory, long size, long tableBytes) {
        this.sharedBits = 0;
        this.directory = directory;
        this.size = size;
        this.tableBytes = tableBytes;
    }

    /**
     * Makes one index of several: their tables are taken over, not copied.
     *
     * @param parts a power of two of them, each made with that many shared bits, in the order of those bits; not used
     *     any more
     * @return an index of all keys
     */
    public static ShardedIndex join(List<ShardedIndex> parts) {
        int largest = 0;
        long size = 0;
        long bytes = 0;
        for (ShardedIndex part : parts) {
            largest = Math.max(largest, part.directory.length);
            size += part.size;
            bytes += part.tableBytes;
        }
        SlotTable[] directory = new SlotTable[parts.size() * largest];
        for (int i = 0; i < directory.length; i++) {
            SlotTable[] tables = parts.get(i / largest).directory;
            directory[i] = tables[i % largest / (largest / tables.length)];
        }
        return new ShardedIndex(directory, size, bytes);
    }

    @Override
    public long get(Hash key) {
        return table(key.high()).get(key.high(), key.low());
    }

    @Override
    public long fetch(Hash key) {
        return table(key.high()).fetch(key.high());
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
    public boolean compareAndSet(Hash key, long expected, long location) {
        return table(key.high()).compareAndSet(key.high(), key.low(), expected, location);
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
        return new Part(table.entries(), next(table, start));
    }

    @Override
    public long visit(long start, LongConsumer locations) {
        SlotTable table = table(start);
        table.visit(locations);
        return next(table, start);
    }

    private long next(SlotTable table, long start) {
        assert sharedBits == 0 : "an index that is to be joined";
        // Zero when the last part's end wraps around the 64 bits.
        return table.depth() == 0 ? 0 : start + (Long.MIN_VALUE >>> (table.depth() - 1));
    }

    private SlotTable table(long high) {
        SlotTable[] tables = directory;
        return (SlotTable) TABLE.getAcquire(tables, position(tables, high));
    }

    /** The leading bits of a hash behind the shared ones, as many as the directory is deep. */
    private int position(SlotTable[] tables, long high) {
        return (int) (high << sharedBits >>> 1 >>> (63 - Integer.numberOfTrailingZeros(tables.length)));
    }

    private void replaceFull(SlotTable table, long high) {
        if (SlotTable.capacityFor(table.count()) <= MAX_CAPACITY || table.depth() == MAX_DEPTH) {
            replace(table, high, table.resized());
        } else {
            split(table, high);
        }
    }

    private void split(SlotTable table, long high) {
        if (1 << (table.depth() - sharedBits) == directory.length) {
            doubleDirectory();
        }
        replace(table, high, table.split());
    }

    /**
     * As {@link #prepare}, but leaves tables alone that have much room: {@link #reserve} may have made it. For loading.
     *
     * @param key its hash
     */
    public void prepareToLoad(Hash key) {
        SlotTable table = table(key.high());
        if (table.isFull()) {
            replaceFull(table, key.high());
        }
    }

    /**
     * Makes room for more keys at once, whose hashes are spread evenly over a range, in tables that cover no more than
     * the range, so that they need not grow one by one while they come. For loading, before the index is shared. Tables
     * that have room for them are left alone; those that have not get room for a quarter more than they have at least,
     * so that keys that come by and by are not copied for each few of them.
     *
     * @param bits leading bits that the hashes of the range share
     * @param firstHash the smallest hash of the range
     * @param added how many keys come
     */
    public void reserve(int bits, long firstHash, long added) {
        assert bits <= MAX_DEPTH : bits;
        while (table(firstHash).depth() < bits) {
            split(table(firstHash), firstHash);
        }
        int i = position(directory, firstHash);
        do {
            SlotTable table = directory[i];
            long first = firstHash(i);
            int deeper = table.depth() - bits;
            if (!table.hasRoomFor(table.count() + (added >>> deeper))) {
                long entries = table.count() + Math.max(added >>> deeper, table.count() / 4);
                if (entries / SlotTable.EXPECTED_LOAD >= MAX_CAPACITY && table.depth() < MAX_DEPTH) {
                    split(table, first);
                    i = position(directory, first);
                    continue;
                }
                replace(table, first, table.resizedFor((int) entries));
            }
            i += directory.length >> (table.depth() - sharedBits);
        } while (i < directory.length && isInRange(bits, firstHash, i));
    }

    /**
     * Whether {@link #reserve} would leave the tables alone.
     *
     * @param bits leading bits that the hashes of the range share
     * @param firstHash the smallest hash of the range
     * @param added how many keys come
     * @return true if there is room for them
     */
    public boolean hasRoom(int bits, long firstHash, long added) {
        if (table(firstHash).depth() < bits) {
            return false;
        }
        int i = position(directory, firstHash);
        do {
            SlotTable table = directory[i];
            if (!table.hasRoomFor(table.count() + (added >>> (table.depth() - bits)))) {
                return false;
            }
            i += directory.length >> (table.depth() - sharedBits);
        } while (i < directory.length && isInRange(bits, firstHash, i));
        return true;
    }

    /** Whether the hashes at a place of the directory are in a range. */
    private boolean isInRange(int bits, long firstHash, int place) {
        int ownBits = bits - sharedBits;
        return ownBits <= 0
                || (firstHash(place) << sharedBits) >>> (64 - ownBits) == (firstHash << sharedBits) >>> (64 - ownBits);
    }

    /**
     * Gives back the room that {@link #reserve} has made in vain. For loading, before the index is shared.
     *
     * @param bits leading bits that the hashes of the range share
     * @param firstHash the smallest hash of the range
     */
    public void compact(int bits, long firstHash) {
        int i = position(directory, firstHash);
        do {
            SlotTable table = directory[i];
            if (table.isLoose()) {
                replace(table, firstHash(i), table.resized());
            }
            i += directory.length >> (table.depth() - sharedBits);
        } while (i < directory.length && isInRange(bits, firstHash, i));
    }

    /** The smallest hash at a place of the directory, but for the shared bits. */
    private long firstHash(int place) {
        return (long) place << (63 - Integer.numberOfTrailingZeros(directory.length)) << 1 >>> sharedBits;
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
        int entries = tables.length >> (table.depth() - sharedBits);
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
