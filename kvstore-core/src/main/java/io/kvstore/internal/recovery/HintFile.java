package io.kvstore.internal.recovery;

import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.KeyFilter;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The hint file of one segment, whose head and description were checked; its filter and blocks are checked as they are
 * read. Immutable; any thread may read, each with a file of its own.
 */
public final class HintFile {
    private static final int BLOCKS_AT_ONCE = 64;

    private final StoreDirectory directory;
    private final HintLayout.Head head;
    private final HintDescription description;

    private HintFile(StoreDirectory directory, HintLayout.Head head, HintDescription description) {
        this.directory = directory;
        this.head = head;
        this.description = description;
    }

    /** A hint that is there and not what was written: it is as good as none. */
    public static final class DamagedHintException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedHintException(String message) {
            super(message);
        }
    }

    /**
     * Writes the hint file of a segment, and makes it durable but for its name. The segment must be on stable storage
     * already, since a hint vouches for it.
     *
     * <p>Crash story: a part of a hint file has a wrong checksum somewhere, and is as good as none.
     *
     * @param directory of the store
     * @param store which store
     * @param summary of the segment
     * @param entries of the segment
     * @throws IOException if it cannot be written; nothing is left of it then
     */
    public static void write(
            StoreDirectory directory, StoreFileLayout store, SegmentSummary summary, SortedEntries entries)
            throws IOException {
        String name = FileNames.hint(summary.header().number());
        try (Undo undo = new Undo(() -> directory.delete(name));
                StoreFile file = directory.create(name)) {
            HintContent content = HintContent.of(summary, entries);
            HintLayout.Head head = content.head();
            file.write(0, head.encode(store.storeId()), 0, HintLayout.HEAD_SIZE);
            file.write(HintLayout.HEAD_SIZE, content.described(), 0, content.described().length);
            file.write(head.filterOffset(), content.filter(), 0, content.filter().length);
            writeBlocks(file, head, entries);
            file.force();
            undo.keep();
        }
    }

    private static void writeBlocks(StoreFile file, HintLayout.Head head, SortedEntries entries) throws IOException {
        byte[] bytes = new byte[BLOCKS_AT_ONCE * HintLayout.BLOCK_SIZE];
        int entry = 0;
        for (int first = 0; first < head.blocks(); first += BLOCKS_AT_ONCE) {
            int blocks = Math.min(BLOCKS_AT_ONCE, head.blocks() - first);
            Arrays.fill(bytes, (byte) 0);
            for (int i = 0; i < blocks; i++) {
                int at = i * HintLayout.BLOCK_SIZE;
                LittleEndian.putInt(bytes, at + HintLayout.BLOCK_NUMBER, first + i);
                int position = at + HintLayout.BLOCK_HEAD;
                int last = Math.min(entry + HintLayout.BLOCK_ENTRIES, entries.count());
                while (entry < last) {
                    LittleEndian.putLong(bytes, position, entries.high(entry));
                    LittleEndian.putLong(bytes, position + 8, entries.second(entry));
                    LittleEndian.putLong(bytes, position + 16, entries.third(entry));
                    position += HintLayout.ENTRY_SIZE;
                    entry++;
                }
                LittleEndian.putInt(bytes, at, HintLayout.blockChecksum(bytes, at));
            }
            file.write(
                    head.blocksOffset() + (long) first * HintLayout.BLOCK_SIZE,
                    bytes,
                    0,
                    blocks * HintLayout.BLOCK_SIZE);
        }
    }

    /**
     * Opens the hint file of a segment.
     *
     * @param directory of the store
     * @param store which store
     * @param segment header of the segment
     * @return null if there is no file, or one that is damaged, or not of this segment
     * @throws IOException if it cannot be read
     */
    public static @Nullable HintFile open(StoreDirectory directory, StoreFileLayout store, SegmentHeader segment)
            throws IOException {
        HintFile hint = read(directory, store, segment.number());
        return hint == null || !hint.summary().header().equals(segment) ? null : hint;
    }

    private static @Nullable HintFile read(StoreDirectory directory, StoreFileLayout store, int number)
            throws IOException {
        StoreFile file;
        try {
            file = directory.open(FileNames.hint(number));
        } catch (NoSuchFileException e) {
            return null;
        }
        try (file) {
            byte[] block = new byte[HintLayout.HEAD_SIZE];
            int length = file.read(0, block, 0, block.length);
            if (!HintLayout.isIntact(block, length, store.storeId())) {
                return null;
            }
            HintLayout.Head head = HintLayout.decode(block);
            // Of no more entries than the segment has room for: what the file claims is checked before memory is taken.
            if (head.segment() != number
                    || head.entries() > head.end() / RecordLayout.LEAST_SIZE
                    || head.fileLength() != file.length()) {
                return null;
            }
            byte[] described = new byte[head.descriptionLength()];
            file.read(HintLayout.HEAD_SIZE, described, 0, described.length);
            if (checksum(described) != head.descriptionChecksum()) {
                return null;
            }
            HintDescription description = HintDescription.decode(described, head);
            return description == null ? null : new HintFile(directory, head, description);
        }
    }

    /**
     * The header of a segment whose own is damaged, as the hint file has it.
     *
     * @param directory of the store
     * @param store which store
     * @param number of the segment
     * @return null if there is no good hint file
     * @throws IOException if it cannot be read
     */
    public static @Nullable SegmentHeader headerOf(StoreDirectory directory, StoreFileLayout store, int number)
            throws IOException {
        HintFile hint = read(directory, store, number);
        return hint == null ? null : hint.summary().header();
    }

    /**
     * What it says of the segment as a whole.
     *
     * @return the summary
     */
    public SegmentSummary summary() {
        return description.summary();
    }

    /**
     * Compares all of the file with what was read from its segment.
     *
     * @param read summary of the segment
     * @param entries of the segment
     * @return true if the hint has just what would be written of them
     * @throws IOException if it cannot be read, or is damaged
     */
    public boolean matches(SegmentSummary read, SortedEntries entries) throws IOException {
        // With the checksums of what is not compared entry by entry; the description was checked against its own.
        if (!head.equals(HintContent.of(read, entries).head())) {
            return false;
        }
        // The filter is checked against its checksum by that.
        keys().close();
        EntryRun run = new EntryRun();
        read(new HashRange(0, 0), run);
        boolean same = run.count() == entries.count();
        for (int i = 0; same && i < entries.count(); i++) {
            same = run.high(i) == entries.high(i)
                    && run.second(i) == entries.second(i)
                    && run.third(i) == entries.third(i);
        }
        return same;
    }

    /** Reads the entries whose hash is in a range. */
    void read(HashRange range, EntryRun run) throws IOException {
        run.clear();
        int from = blockOf(range.first());
        int to = endOf(range, from);
        if (from == to) {
            return;
        }
        try (StoreFile file = directory.open(FileNames.hint(head.segment()))) {
            read(file, from, to, range, run);
        }
    }

    /** Apart from the open of the file, or the loops would have that compiled too, which takes as long as an open. */
    private void read(StoreFile file, int from, int to, HashRange range, EntryRun run) throws IOException {
        byte[] bytes = new byte[Math.min(BLOCKS_AT_ONCE, to - from) * HintLayout.BLOCK_SIZE];
        for (int block = from; block < to; block += BLOCKS_AT_ONCE) {
            int blocks = Math.min(BLOCKS_AT_ONCE, to - block);
            readBlocks(file, block, blocks, bytes);
            for (int i = 0; i < blocks; i++) {
                addBlock(bytes, i * HintLayout.BLOCK_SIZE, entriesOf(block + i), range, run);
            }
        }
    }

    /** The first block behind some others that holds nothing of a range any more. */
    private int endOf(HashRange range, int from) {
        long[] firsts = description.firsts();
        int end = from;
        while (end < firsts.length
                && (Long.compareUnsigned(firsts[end], range.first()) <= 0 || range.contains(firsts[end]))) {
            end++;
        }
        return end;
    }

    private void addBlock(byte[] bytes, int at, int entries, HashRange range, EntryRun run)
            throws DamagedHintException {
        int position = at + HintLayout.BLOCK_HEAD;
        for (int i = 0; i < entries; i++) {
            long high = LittleEndian.getLong(bytes, position);
            if (range.contains(high)) {
                long second = LittleEndian.getLong(bytes, position + 8);
                long third = LittleEndian.getLong(bytes, position + 16);
                if (!HintEntry.isOf(second, third, head.end())) {
                    throw new DamagedHintException(
                            "an entry of " + FileNames.hint(head.segment()) + " names no place for a record");
                }
                run.add(high, second, third);
            }
            position += HintLayout.ENTRY_SIZE;
        }
    }

    private int entriesOf(int block) {
        return Math.min(HintLayout.BLOCK_ENTRIES, head.entries() - block * HintLayout.BLOCK_ENTRIES);
    }

    /** The first block that may hold a hash. */
    private int blockOf(long high) {
        long[] firsts = description.firsts();
        int low = 0;
        int above = firsts.length;
        while (low < above) {
            int middle = (low + above) >>> 1;
            if (Long.compareUnsigned(firsts[middle], high) < 0) {
                low = middle + 1;
            } else {
                above = middle;
            }
        }
        // The block before the first that starts at the hash or behind may end with it.
        return Math.max(0, low - 1);
    }

    private void readBlocks(StoreFile file, int block, int blocks, byte[] bytes) throws IOException {
        long offset = head.blocksOffset() + (long) block * HintLayout.BLOCK_SIZE;
        int length = blocks * HintLayout.BLOCK_SIZE;
        int n = file.read(offset, bytes, 0, length);
        if (n < length) {
            throw new DamagedHintException(file.name() + " became shorter");
        }
        for (int i = 0; i < blocks; i++) {
            int at = i * HintLayout.BLOCK_SIZE;
            if (LittleEndian.getInt(bytes, at) != HintLayout.blockChecksum(bytes, at)
                    || LittleEndian.getInt(bytes, at + HintLayout.BLOCK_NUMBER) != block + i) {
                throw new DamagedHintException("checksum mismatch at offset " + (offset + at) + " of " + file.name());
            }
        }
    }

    /** How many entries there are. */
    int count() {
        return head.entries();
    }

    /**
     * Reads the filter, to ask for many keys.
     *
     * @return what tells whether keys are in the segment; close it
     * @throws IOException if it cannot be read, or is damaged
     */
    public Keys keys() throws IOException {
        StoreFile file = directory.open(FileNames.hint(head.segment()));
        try (Undo undo = new Undo(file::close)) {
            byte[] bytes = new byte[8 * KeyFilter.words(head.entries())];
            int n = file.read(head.filterOffset(), bytes, 0, bytes.length);
            if (n < bytes.length || checksum(bytes) != head.filterChecksum()) {
                throw new DamagedHintException("checksum mismatch in the filter of " + file.name());
            }
            undo.keep();
            return new Keys(file, KeyFilter.decode(bytes));
        }
    }

    /** Tells whether keys are in the segment. Belongs to one thread. */
    public final class Keys implements AutoCloseable {
        private final StoreFile file;
        private final KeyFilter filter;
        private final byte[] block = new byte[HintLayout.BLOCK_SIZE];
        private int loaded = -1;

        private Keys(StoreFile file, KeyFilter filter) {
            this.file = file;
            this.filter = filter;
        }

        /**
         * Whether the segment has a record of a key. Most keys that it does not have cost one look into the filter, the
         * others the read of a block, unless it was the one before.
         *
         * @param high half of the key's hash
         * @param low the other half, as far as {@link HintEntry#low} keeps it
         * @param bucket id
         * @return true if it has
         * @throws IOException if a block cannot be read, or is damaged
         */
        public boolean contains(long high, long low, int bucket) throws IOException {
            if (head.entries() == 0 || !filter.mayContain(high, low)) {
                return false;
            }
            long[] firsts = description.firsts();
            for (int at = blockOf(high); at < firsts.length && Long.compareUnsigned(firsts[at], high) <= 0; at++) {
                load(at);
                if (blockContains(entriesOf(at), high, low, bucket)) {
                    return true;
                }
            }
            return false;
        }

        private void load(int at) throws IOException {
            if (loaded != at) {
                loaded = -1;
                readBlocks(file, at, 1, block);
                loaded = at;
            }
        }

        private boolean blockContains(int entries, long high, long low, int bucket) {
            int position = HintLayout.BLOCK_HEAD;
            for (int i = 0; i < entries; i++) {
                if (LittleEndian.getLong(block, position) == high
                        && HintEntry.low(LittleEndian.getLong(block, position + 8)) == low
                        && HintEntry.bucket(LittleEndian.getLong(block, position + 16)) == bucket) {
                    return true;
                }
                position += HintLayout.ENTRY_SIZE;
            }
            return false;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }
}
