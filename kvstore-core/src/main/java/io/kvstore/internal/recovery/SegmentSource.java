package io.kvstore.internal.recovery;

import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A segment that counts, and where the entries for the index come from: its hint file, or the segment itself, which was
 * read into memory. Found by one thread; read by several, a range of hashes each.
 *
 * <p>Both are volatile: whoever finds the hint gone, or damaged, takes the monitor, and finds the entries, or reads
 * them. They are set free by the last reader, whom an atomic count tells (harness {@code Sources}).
 */
final class SegmentSource {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentSource.class);

    private final SegmentSummary summary;
    private final long base;
    private final boolean sealed;
    private final long fileLength;
    private final Rereading rereading;
    private final boolean readIntoMemory;
    private final AtomicInteger done = new AtomicInteger();
    private volatile @Nullable HintFile hint;
    private volatile @Nullable SortedEntries entries;

    SegmentSource(
            SegmentSummary summary,
            long base,
            boolean sealed,
            long fileLength,
            @Nullable HintFile hint,
            @Nullable SortedEntries entries,
            Rereading rereading) {
        this.summary = summary;
        this.base = base;
        this.sealed = sealed;
        this.fileLength = fileLength;
        this.hint = hint;
        this.entries = entries;
        this.readIntoMemory = entries != null;
        this.rereading = rereading;
    }

    /** Reads a segment whose hint has turned out to be damaged. */
    interface Rereading {
        SortedEntries entries(SegmentSource source) throws IOException;
    }

    SegmentSummary summary() {
        return summary;
    }

    SegmentHeader header() {
        return summary.header();
    }

    int number() {
        return summary.header().number();
    }

    int end() {
        return summary.end();
    }

    long base() {
        return base;
    }

    boolean isSealed() {
        return sealed;
    }

    long fileLength() {
        return fileLength;
    }

    boolean isHinted() {
        return hint != null;
    }

    /** Whether its entries were in memory from the start, until they were visited. */
    boolean isReadIntoMemory() {
        return readIntoMemory;
    }

    /** How many entries there are. */
    int count() {
        HintFile file = hint;
        SortedEntries read = entries;
        return read != null ? read.count() : file != null ? file.count() : 0;
    }

    /** Reads the entries of a range: from the hint, or, if that turns out to be damaged, from the segment. */
    void read(HashRange range, EntryRun run) throws IOException {
        HintFile file = hint;
        if (file != null) {
            try {
                file.read(range, run);
                return;
            } catch (IOException e) {
                LOG.warn("hint of segment {}: {}; reads the segment instead", number(), e.getMessage());
            }
        }
        reread().read(range, run);
    }

    private synchronized SortedEntries reread() throws IOException {
        SortedEntries read = entries;
        if (read == null) {
            read = rereading.entries(this);
            entries = read;
            hint = null;
        }
        return read;
    }

    /**
     * Tells that one of several threads has read all it needs; gives the memory free after the last, and returns true
     * then.
     */
    boolean doneBy(int threads) {
        if (done.incrementAndGet() < threads) {
            return false;
        }
        entries = null;
        return true;
    }
}
