package io.kvstore.internal.log;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.DamageRemedy;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One segment file, mapped: its records are read by any thread, and appended by the one that holds the log's lock. Owns
 * its file.
 */
public final class Segment {
    /** Of a record that may be longer than this the header is read first, and then no more than there is. */
    private static final int READ_AT_ONCE = 1024;

    /**
     * From this size on the body of a record is written to the file by a system call, which reserves its space: zeros
     * and a copy to the mapping would cost twice as much (docs/BENCHMARKS.md). Of a small record, the call does.
     */
    private static final int LARGE_RECORD = 32 << 10;

    /** In a small segment records are large that take this part of it. */
    private static final int LARGE_PART = 8;

    private static final int CACHE_LINE = 64;

    /** Of a record, what is fetched ahead: the processor goes on by itself with what is copied in order. */
    private static final int FETCHED = 4 * CACHE_LINE;

    private static final VarHandle END;

    static {
        try {
            END = MethodHandles.lookup().findVarHandle(Segment.class, "end", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SegmentHeader header;
    private final int slot;
    private final String path;

    /** The space that appends go to; owns the file. */
    private final ReservedSpace space;

    /** What records are written to, with a file of its own; null if they go to the mapping. */
    private final @Nullable AppendBuffer appended;

    private final MappedRegion region;
    private final long salt;
    private final int largeRecord;

    /**
     * Where the next record goes. Written under the log's lock, by a release through {@link #END}; others read it for
     * figures only. It publishes nothing: a reader comes through a location, which the index releases after the bytes
     * were copied (harnesses {@code SegmentPublication}). A volatile write would wait, for each record, until the
     * record's bytes are in the caches (docs/BENCHMARKS.md).
     */
    private int end;

    private final SegmentContent content = new SegmentContent();

    /** Whether the hint file is there; written after what it says of expiries, which whoever sees it sees. */
    private volatile boolean hinted;

    /**
     * Whether all of it is on stable storage, and nothing will be appended; written after the force (harness
     * {@code GroupSyncs.SealedIsDurable}).
     */
    private volatile boolean durable;

    /**
     * Sequence number up to which no older record of a key is in here; set before the {@link SegmentSet} publishes the
     * segment.
     */
    private volatile long base;

    /** Below this the segment is on stable storage. Written by the thread that leads the group sync. */
    private int forced;

    Segment(
            SegmentHeader header,
            int slot,
            String path,
            StoreFile file,
            @Nullable AppendBuffer appended,
            MappedRegion region,
            long salt,
            int end,
            int forced) {
        this.header = header;
        this.slot = slot;
        this.path = path;
        this.appended = appended;
        this.region = region;
        int chunk = appended == null ? ReservedSpace.CHUNK : ReservedSpace.SMALL_CHUNK;
        this.space = new ReservedSpace(file, region.length(), chunk, end);
        this.salt = salt;
        this.largeRecord = Math.min(LARGE_RECORD, region.length() / LARGE_PART);
        this.end = end;
        this.forced = forced;
    }

    /**
     * Its number: later segments have higher ones.
     *
     * @return at least 1
     */
    public int number() {
        return header.number();
    }

    /**
     * Its header.
     *
     * @return kind, number and nonce
     */
    public SegmentHeader header() {
        return header;
    }

    /**
     * What its records' places are salted with.
     *
     * @return as {@link RecordLayout#salt} tells
     */
    public long salt() {
        return salt;
    }

    /**
     * Where the file is, for messages.
     *
     * @return its path
     */
    public String path() {
        return path;
    }

    /**
     * See {@link io.kvstore.internal.format.ManifestLayout.ListedSegment}.
     *
     * @return the sequence number
     */
    public long base() {
        return base;
    }

    /**
     * Sets {@link #base}, before the segment is shared, or used.
     *
     * @param base the sequence number
     */
    public void setBase(long base) {
        this.base = base;
    }

    /**
     * Its place in the {@link SegmentSet}, by which locations name it.
     *
     * @return the slot
     */
    public int slot() {
        return slot;
    }

    /**
     * Where its records end.
     *
     * @return bytes from the start of the file
     */
    public int end() {
        return (int) END.getAcquire(this);
    }

    /** Where the reserved space ends. */
    int reserved() {
        return space.end();
    }

    int capacity() {
        return region.length();
    }

    long logBytes() {
        return (long) end() - SegmentHeader.SIZE;
    }

    /** What is in it; its bytes are shares of {@link #logBytes}. */
    SegmentContent content() {
        return content;
    }

    /**
     * Puts that the index points at; with the log's lock held.
     *
     * @return the count
     */
    public long livePuts() {
        return content.livePuts();
    }

    /**
     * Tells the figures that recovery or a merge found, before the segment is shared.
     *
     * @param figures of all records in it
     * @param current how many of the puts are current
     * @param currentEstimate the sum of the bounds of their size classes
     */
    public void restore(SegmentFigures figures, long current, long currentEstimate) {
        content.restore(figures, current, currentEstimate);
    }

    /**
     * Tells that the hint file is there, and what it says of expiries.
     *
     * @param profile when the records expire
     */
    public void markHinted(ExpiryProfile profile) {
        content.setExpiry(profile);
        hinted = true;
    }

    /**
     * Whether the hint file is there.
     *
     * @return false if it is still to be made
     */
    public boolean isHinted() {
        return hinted;
    }

    /**
     * Whether all of it is on stable storage, its seal included.
     *
     * @return true if it is sealed and forced
     */
    public boolean isDurable() {
        return durable;
    }

    /** Tells that recovery, or a merge, has made it durable. */
    public void markDurable() {
        durable = true;
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

    /** See {@link ReservedSpace#reserveChunk}. */
    boolean reserveChunk(long upTo) throws IOException {
        return space.reserveChunk(upTo);
    }

    /** Whether a record reserves its space by itself, with {@link #reserveBy}. */
    boolean isLarge(long size) {
        return appended == null && size >= largeRecord;
    }

    /**
     * Reserves the space of the record that is to be appended next by writing it there, with a header that does not
     * fit. Under the log's lock.
     *
     * <p>Of the page in which it ends not all blocks need be there, so nothing goes to the mapping of that page before
     * they are: on a full disk that would be a fault. The header is written too.
     *
     * <p>Crash story: a header that does not fit its place, behind the end of the log, is what a torn append leaves
     * there. Where the write fails, or the record is not appended after all, the next one goes over it.
     */
    void reserveBy(RecordBuffer record) throws IOException {
        int offset = end;
        space.write(offset, record.bytes(), RecordBuffer.HEADER, record.size());
        record.setBodyAt(offset);
    }

    /**
     * Copies a record to the end. Under the log's lock, with the space reserved. It can be read, and counts, once
     * {@link #flush} was called.
     *
     * <p>A reader learns of the record from the index, which is written after this: the release of the slot and the
     * acquire of its reader publish the bytes (harness {@code SegmentPublication.WhileAppended}).
     */
    void append(RecordBuffer record, long sequence, int synced, int bucket) throws IOException {
        int offset = end;
        int size = record.size();
        assert offset + size <= space.end() : "append beyond the reserved space of " + path;
        record.place(sequence, synced, bucket, RecordLayout.token(salt, offset));
        if (record.isBodyAt(offset)) {
            space.write(offset, record.bytes(), RecordBuffer.HEADER, RecordLayout.HEADER_SIZE);
        } else if (appended == null) {
            region.put(offset, record.bytes(), RecordBuffer.HEADER, size);
        } else {
            appended.append(offset, record.bytes(), RecordBuffer.HEADER, size);
        }
        boolean expires = (record.flags() & RecordLayout.FLAG_EXPIRY) != 0;
        content.append(record.kind(), SizeClass.bound(SizeClass.of(size)), expires);
        END.setRelease(this, offset + size);
    }

    /** Writes what was appended to the file, if it is not there yet. Under the log's lock. */
    void flush() throws IOException {
        if (appended != null) {
            appended.flush();
        }
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
        force(end());
        closeFile();
        durable = true;
    }

    /** Gives all of the file's space back and closes it. Nothing was written to it, so nobody reads it. */
    void emptyAndClose() throws IOException {
        try (appended) {
            space.emptyAndClose();
        }
    }

    /**
     * Closes the file; idempotent. Nothing can be reserved any more; what is there can be read.
     *
     * @throws IOException if the operating system reports an error
     */
    public void closeFile() throws IOException {
        try (appended) {
            space.close();
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
    public void read(int offset, long sizeBound, RecordBuffer record) {
        int most = (int) Math.min(sizeBound, region.length() - (long) offset);
        try {
            read(offset, most, Math.min(most, READ_AT_ONCE), record);
        } catch (InternalError e) {
            readNarrowly(offset, most, record, e);
        }
        if (!record.isIntact(RecordLayout.token(salt, offset))) {
            throw damaged(offset);
        }
    }

    private void read(int offset, int most, int first, RecordBuffer record) {
        record.ensureCapacity(first);
        region.get(offset, record.bytes(), RecordBuffer.HEADER, first);
        long size = record.claimedSize();
        if (first < RecordLayout.HEADER_SIZE || size > most || (record.flags() & ~RecordLayout.KNOWN_FLAGS) != 0) {
            throw damaged(offset);
        }
        if (size > first) {
            record.ensureCapacity((int) size);
            region.get(offset + first, record.bytes(), RecordBuffer.HEADER + first, (int) size - first);
        }
    }

    /** Reads nothing but the record: the page that faulted may be one behind it. */
    private void readNarrowly(int offset, int most, RecordBuffer record, InternalError fault) {
        try {
            read(offset, most, Math.min(most, RecordLayout.HEADER_SIZE), record);
        } catch (InternalError e) {
            fault.addSuppressed(e);
            throw new KVException(
                    KVErrorCode.IO_ERROR,
                    path + ": a page near offset " + offset + " could not be read: check the disk",
                    fault);
        }
    }

    /**
     * Brings the beginning of a record into the processor's caches; it need not be there.
     *
     * @param offset where it starts
     * @param sizeBound no less than its size
     * @return what was read; to be stored somewhere, or the compiler drops the reads
     */
    long fetch(int offset, long sizeBound) {
        long end = Math.min(region.length(), offset + Math.min(sizeBound, FETCHED));
        long sum = 0;
        try {
            for (int position = offset; position < end; position += CACHE_LINE) {
                sum += region.get(position);
            }
        } catch (InternalError e) {
            // Whoever reads the record is told.
            return sum;
        }
        return sum;
    }

    private KVCorruptionException damaged(int offset) {
        return new KVCorruptionException(
                "segment " + number() + " (" + path + "): damaged record at offset " + offset + ": "
                        + DamageRemedy.BACKUP_OR_REPAIR,
                null);
    }
}
