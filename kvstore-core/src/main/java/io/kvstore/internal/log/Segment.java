package io.kvstore.internal.log;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import java.io.IOException;

/**
 * One segment file, mapped: its records are read by any thread, and appended by the one that holds the log's lock. Owns
 * its file.
 *
 * <p>Space is reserved ahead of the appends by ordinary writes of zeros: a full disk is then an exception of the
 * reservation, not a fault of the append, and a force needs no change of the file's metadata.
 */
public final class Segment {
    /** Of a record that may be longer than this the header is read first, and then no more than there is. */
    private static final int READ_AT_ONCE = 1024;

    /**
     * What one write of zeros reserves, aligned. On Linux, 2 MiB written at once get one huge page of the page cache,
     * which the mapping takes over by a single entry: without a fault for each 4 KiB, an append costs a fraction, and a
     * random read misses the address translation caches less often (docs/BENCHMARKS.md).
     */
    static final int ZERO_CHUNK = 2 << 20;

    private static final byte[] ZEROS = new byte[ZERO_CHUNK];

    private final int number;
    private final int slot;
    private final String path;
    private final StoreFile file;
    private final MappedRegion region;
    private final long salt;
    private final Object reserving = new Object();

    /** Where the next record goes. Written under the log's lock; others read it for figures only. */
    private volatile int end;

    /** Below this the file has blocks. Written under {@link #reserving}, read by the writers. */
    private volatile int reserved;

    /** Sum of the bounds of the size classes of all records ever appended. Guarded by the log's lock. */
    private long appendedEstimate;

    /** The same of the records that are current. Guarded by the log's lock. */
    private long liveEstimate;

    /** Whether the file was closed after the last reservation. Guarded by {@link #reserving}. */
    private boolean fileClosed;

    /** Below this the segment is on stable storage. Written by the thread that leads the group sync. */
    private int forced;

    Segment(int number, int slot, String path, StoreFile file, MappedRegion region, long salt, int end, int forced) {
        this.number = number;
        this.slot = slot;
        this.path = path;
        this.file = file;
        this.region = region;
        this.salt = salt;
        this.end = end;
        this.reserved = end;
        this.forced = forced;
    }

    /**
     * Its number: later segments have higher ones.
     *
     * @return at least 1
     */
    public int number() {
        return number;
    }

    /**
     * Its place in the {@link SegmentSet}, by which locations name it.
     *
     * @return the slot
     */
    public int slot() {
        return slot;
    }

    int end() {
        return end;
    }

    int reserved() {
        return reserved;
    }

    int capacity() {
        return region.length();
    }

    long logBytes() {
        return (long) end - SegmentHeader.SIZE;
    }

    /**
     * Estimate of the bytes of current records. The size classes of the index are coarse, but the share that they give
     * is exact where records are of one size, and good where sizes do not depend on age.
     */
    long liveBytes() {
        long appended = appendedEstimate;
        return appended == 0 ? 0 : (long) ((double) liveEstimate / appended * logBytes());
    }

    /** Corrects the estimate of live bytes; under the log's lock. */
    void addLiveEstimate(long bytes) {
        liveEstimate += bytes;
    }

    /**
     * Tells the estimates that recovery found, before the segment is shared.
     *
     * @param appended sum of the bounds of the size classes of all records
     * @param live the same of those that are current
     */
    public void restoreEstimates(long appended, long live) {
        appendedEstimate = appended;
        liveEstimate = live;
    }

    /**
     * Whether records, and the seal after them, fit, and begin where a location can reach. In a segment that was made
     * for one large record only that one may go beyond.
     */
    boolean hasRoom(long size) {
        return end + size + RecordLayout.SEAL_SIZE <= region.length()
                && (end == SegmentHeader.SIZE || end + size <= RecordLayout.OFFSET_LIMIT);
    }

    /**
     * Reserves space up to an offset, if it is not yet reserved.
     *
     * <p>Crash story: zeros beyond the end of the log are what recovery expects there.
     */
    void reserve(long upTo) throws IOException {
        while (reserveChunk(upTo)) {
            // The monitor is free between two chunks: a writer waits for one of the background's at the most.
        }
    }

    /** Reserves up to one chunk more; false if all is reserved up to the offset, or nothing can be any more. */
    boolean reserveChunk(long upTo) throws IOException {
        if (upTo <= reserved) {
            return false;
        }
        synchronized (reserving) {
            int from = reserved;
            if (upTo <= from || fileClosed) {
                return false;
            }
            int chunk = Math.min(ZERO_CHUNK - from % ZERO_CHUNK, region.length() - from);
            file.write(from, ZEROS, 0, chunk);
            reserved = from + chunk;
            return true;
        }
    }

    /**
     * Copies a record to the end. Under the log's lock, with the space reserved.
     *
     * <p>A reader learns of the record from the index, which is written after this: the release of the slot and the
     * acquire of its reader publish the bytes.
     */
    void append(RecordBuffer record, long sequence, int synced, int bucket) throws IOException {
        int offset = end;
        int size = record.size();
        assert offset + size <= reserved : "append beyond the reserved space of " + path;
        record.place(sequence, synced, bucket, RecordLayout.token(salt, offset));
        region.put(offset, record.bytes(), RecordBuffer.HEADER, size);
        appendedEstimate += SizeClass.bound(SizeClass.of(size));
        end = offset + size;
    }

    /** Makes everything below an offset durable. By the leader of the group sync. */
    void force(int upTo) throws IOException {
        if (forced < upTo) {
            region.force(forced, upTo - forced);
            forced = upTo;
        }
    }

    /** Makes all of a sealed segment durable, and closes its file: the mapping is enough to read. */
    void forceSealed() throws IOException {
        force(end);
        closeFile();
    }

    /** Gives all of the file's space back and closes it. Nothing was written to it, so nobody reads it. */
    void emptyAndClose() throws IOException {
        synchronized (reserving) {
            if (!fileClosed) {
                file.setLength(0);
            }
            closeFile();
        }
    }

    /**
     * Closes the file; idempotent. Nothing can be reserved any more; what is there can be read.
     *
     * @throws IOException if the operating system reports an error
     */
    public void closeFile() throws IOException {
        synchronized (reserving) {
            fileClosed = true;
            file.close();
        }
    }

    /**
     * Reads a record and checks it.
     *
     * @param offset where it starts
     * @param sizeBound no less than its size, and the amount that is read at once
     * @param record takes the bytes
     * @throws KVCorruptionException if the bytes there are not the record that was written there
     */
    void read(int offset, long sizeBound, RecordBuffer record) {
        int most = (int) Math.min(sizeBound, region.length() - (long) offset);
        int first = Math.min(most, READ_AT_ONCE);
        try {
            record.ensureCapacity(first);
            region.get(offset, record.bytes(), RecordBuffer.HEADER, first);
            long size = record.claimedSize();
            if (first < RecordLayout.HEADER_SIZE || size > most || record.flags() != RecordLayout.KNOWN_FLAGS) {
                throw damaged(offset);
            }
            if (size > first) {
                record.ensureCapacity((int) size);
                region.get(offset + first, record.bytes(), RecordBuffer.HEADER + first, (int) size - first);
            }
        } catch (InternalError e) {
            throw new KVException(
                    KVErrorCode.IO_ERROR,
                    path + ": a page near offset " + offset + " could not be read: check the disk",
                    e);
        }
        if (!record.isIntact(RecordLayout.token(salt, offset))) {
            throw damaged(offset);
        }
    }

    private KVCorruptionException damaged(int offset) {
        return new KVCorruptionException(
                "segment " + number + " (" + path + "): damaged record at offset " + offset + ": restore a backup",
                null);
    }
}
