package io.kvstore.internal.log;

import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.FileErrors;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log, where records are appended: the active segment, which it reserves, fills, seals and follows by
 * the next one, and the sequence numbers.
 *
 * <p>One writer at a time: everything but {@link #position} is called with the log's lock held, or when no writer is
 * left.
 */
public final class LogTail {
    /** A writer that needs longer than this to get room counts as stalled. */
    private static final long STALL_NANOS = 100_000;

    private static final byte[] NO_KEY = {};
    private static final VarHandle APPENDED;

    static {
        try {
            APPENDED = MethodHandles.lookup().findVarHandle(LogTail.class, "appended", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Made ahead: where it is needed, memory may have run out. */
    private final Exception cutOff =
            new IllegalStateException("a write was cut off between log and index, say because memory ran out");

    private final SegmentSet segments;
    private final ReserveAhead ahead;
    private final GroupSync sync;
    private final LiveBytes live;
    private final SegmentSizes sizes;
    private final FillPace pace;
    private final StoreEvents events;

    /** Told whenever a segment was sealed. */
    private Runnable onRoll = () -> {};

    private Segment active;
    private long sequence;

    /** The position at which the segment before the active one ended. */
    private long previousEnd;

    /**
     * The position up to which records were appended; written by a release, through {@link #APPENDED}, after the
     * record's bytes were copied, so that the leader of a group sync who reads it forces all of them (harnesses
     * {@code GroupSyncs}, {@code LogSyncs}). Who waits for a position has given the lock back since it was written, so
     * that a leader who begins after that sees it; one who does not see it leaves the waiter to the next.
     */
    private long appended;

    /** Bytes of records appended. */
    private long written;

    private long rolls;
    private long stalls;
    private long stalledNanos;

    /**
     * A tail that goes on where recovery found the end of the log. All that is there is on stable storage already.
     *
     * @param active the segment that is appended to
     * @param sequence the last sequence number given out
     */
    LogTail(
            Segment active,
            long sequence,
            SegmentSet segments,
            SegmentSizes sizes,
            LiveBytes live,
            ReserveAhead ahead,
            StoreEvents events) {
        this.active = active;
        this.sequence = sequence;
        this.segments = segments;
        this.sizes = sizes;
        this.pace = new FillPace(sizes);
        this.live = live;
        this.ahead = ahead;
        this.events = events;
        this.appended = LogPosition.of(active.number(), active.end());
        this.sync = new GroupSync(this::position, appended, events);
        this.sync.add(active);
    }

    /** What makes the log durable up to {@link #position}. */
    GroupSync sync() {
        return sync;
    }

    /**
     * Begins to reserve room ahead of the writers.
     *
     * @param toldOnRoll whenever a segment was sealed
     */
    void start(Runnable toldOnRoll) {
        onRoll = toldOnRoll;
        ahead.start(active, sizes.of(live.balance().logBytes()));
    }

    /**
     * Makes sure that records can be appended without failing for want of space, rolling to a new segment if need be.
     * Holds nothing back if it throws.
     *
     * @param bytes the sum of the sizes of the records
     * @throws KVNoSpaceException if the file system is full
     * @throws KVException if the store is poisoned, or on an error of input or output
     */
    public void reserve(long bytes) {
        sync.requireHealthy();
        Segment segment = active;
        long needed = segment.end() + bytes + RecordLayout.SEAL_SIZE;
        if (needed > segment.reserved() || !segment.hasRoom(bytes)) {
            reserveSlowly(bytes, null);
        }
    }

    /**
     * As {@link #reserve(long)}, for one record, which is appended next. One that is large reserves its space by being
     * written there.
     *
     * @param record encoded, and not encoded again before it is appended
     * @throws KVNoSpaceException if the file system is full
     * @throws KVException if the store is poisoned, or on an error of input or output
     */
    public void reserve(RecordBuffer record) {
        int size = record.size();
        if (!active.isLarge(size)) {
            reserve(size);
            return;
        }
        sync.requireHealthy();
        if (!active.hasRoom(size)) {
            reserveSlowly(size, record);
        } else if (active.end() + (long) size > active.reserved()) {
            try {
                active.reserveBy(record);
            } catch (IOException e) {
                throw notWritten(e);
            }
        }
    }

    private void reserveSlowly(long bytes, @Nullable RecordBuffer large) {
        StoreEvents.Stalling stalling = events.stalling();
        long start = System.nanoTime();
        try {
            if (!active.hasRoom(bytes)) {
                roll(bytes, large);
            } else {
                active.reserve(active.end() + bytes + RecordLayout.SEAL_SIZE);
                ahead.wake();
            }
        } catch (IOException e) {
            throw notWritten(e);
        }
        long nanos = System.nanoTime() - start;
        if (nanos > STALL_NANOS) {
            stalls++;
            stalledNanos += nanos;
            stalling.end(active.number());
        }
    }

    private static KVException notWritten(IOException e) {
        return FileErrors.toStoreError(e, "nothing was written");
    }

    /**
     * Seals the active segment and goes on in the next one.
     *
     * <p>Crash story: the next segment is on stable storage, without a record, before the seal is written, and nothing
     * is appended to it before. Without its seal the old segment is the last that counts, and what the new one holds is
     * dropped; a sync of the new one first syncs the old one, seal included.
     *
     * @param bytes of records that the next segment must have room for
     * @param large the one record that comes, if it reserves its space by itself
     */
    private void roll(long bytes, @Nullable RecordBuffer large) throws IOException {
        StoreEvents.Rolling rolling = events.rolling();
        Segment old = active;
        long capacity = RecordLayout.align(SegmentHeader.SIZE + bytes + RecordLayout.SEAL_SIZE);
        RecordBuffer seal = new RecordBuffer();
        Segment next = ahead.take(capacity);
        boolean ready = false;
        try {
            if (large == null) {
                next.reserve(capacity);
            } else {
                next.reserveBy(large);
            }
            next.setBase(sequence);
            prepareSeal(old, seal, next);
            // Last what may run out of memory: nothing names the segment yet, and a sync stops before it.
            segments.add(next);
            sync.add(next);
            ready = true;
        } finally {
            if (!ready) {
                ahead.giveUp(next, old);
            }
        }
        boolean done = false;
        try {
            write(old, seal, sequence, 0);
            flush(old);
            previousEnd = LogPosition.of(old.number(), old.end());
            active = next;
            done = true;
        } finally {
            poisonUnless(done);
        }
        ahead.goOnIn(next, pace.next(live.balance().logBytes(), written, capacity), large != null);
        publishAppended();
        rolls++;
        rolling.end(old.number(), next.number(), old.end());
        onRoll.run();
    }

    private static void prepareSeal(Segment old, RecordBuffer seal, Segment next) throws IOException {
        byte[] successor = new byte[4];
        LittleEndian.putInt(successor, 0, next.number());
        seal.encode(RecordLayout.KIND_SEAL, NO_KEY, successor);
        if (old.end() + RecordLayout.SEAL_SIZE > old.reserved()) {
            // Behind a large record, or where recovery has left it.
            old.reserveBy(seal);
        }
    }

    /**
     * Goes on in a new segment, so that all that was written so far is in sealed ones.
     *
     * @return false if the active segment is empty
     * @throws IOException if there is no new segment; nothing has changed
     * @throws KVException if the store is poisoned
     */
    boolean rollIfUsed() throws IOException {
        sync.requireHealthy();
        if (active.end() == SegmentHeader.SIZE) {
            return false;
        }
        roll(0, null);
        return true;
    }

    /**
     * Appends a record for which space was reserved.
     *
     * @param record encoded
     * @param bucket its bucket id
     * @return where it is, as {@link Log#slot} and {@link Log#offset} tell
     */
    public long append(RecordBuffer record, int bucket) {
        long address = appendPart(record, bucket);
        publishAppended();
        if (!active.isLarge(record.size())) {
            keepAhead();
        }
        return address;
    }

    /**
     * Appends a record of a batch, for all of which space was reserved. No sync takes it for written before
     * {@link #endAppend}: so nothing is ever said to be on stable storage that ends in the middle of a batch.
     *
     * @param record encoded
     * @param bucket its bucket id
     * @return where it is, as {@link Log#slot} and {@link Log#offset} tell
     */
    public long appendPart(RecordBuffer record, int bucket) {
        Segment segment = active;
        int offset = segment.end();
        write(segment, record, sequence + 1, bucket);
        written += record.size();
        sequence++;
        return ((long) segment.slot() << 32) | offset;
    }

    /**
     * Ends a batch: what was appended counts as written from now on.
     *
     * @throws KVException if it could not be written, as {@link #append}
     */
    public void endAppend() {
        publishAppended();
        keepAhead();
    }

    private void publishAppended() {
        Segment segment = active;
        flush(segment);
        APPENDED.setRelease(this, LogPosition.of(segment.number(), segment.end()));
    }

    private void keepAhead() {
        Segment segment = active;
        if (ahead.isShort(segment, segment.end()) && segment.reserved() < segment.capacity()) {
            ahead.wake();
        }
    }

    /**
     * The last sequence number given out.
     *
     * @return 0 before the first record
     */
    public long sequence() {
        return sequence;
    }

    private void write(Segment segment, RecordBuffer record, long recordSequence, int bucket) {
        try {
            segment.append(record, recordSequence, syncedMark(segment), bucket);
            live.append(record);
        } catch (IOException e) {
            refuseWrites(e);
        }
    }

    private void flush(Segment segment) {
        try {
            segment.flush();
        } catch (IOException e) {
            refuseWrites(e);
        }
    }

    /**
     * What was cut off between log and index, say because memory ran out, leaves the two at odds. The store then
     * refuses writes until it is opened again.
     *
     * @param done whether all of it was done
     */
    public void poisonUnless(boolean done) {
        if (!done) {
            sync.poison(cutOff);
        }
    }

    /** What is in the segment now is not known. */
    private void refuseWrites(IOException e) {
        sync.poison(e);
        sync.requireHealthy();
    }

    private int syncedMark(Segment segment) {
        long synced = sync.synced();
        if (LogPosition.segmentNumber(synced) == segment.number()) {
            return LogPosition.offset(synced) / RecordLayout.ALIGNMENT;
        }
        return synced >= previousEnd ? RecordLayout.SYNCED_BEFORE : 0;
    }

    /**
     * The position up to which records were appended. Any thread.
     *
     * @return where the next record will go
     */
    long position() {
        return (long) APPENDED.getAcquire(this);
    }

    /**
     * The segment that is appended to.
     *
     * @return the last one of the log
     */
    public Segment active() {
        return active;
    }

    /**
     * The log at one moment, for a manifest.
     *
     * @param tail number of the active segment
     * @param tailBase sequence number before its first record
     * @param position up to which records were appended
     * @param sequence the last sequence number given out
     */
    public record Snapshot(int tail, long tailBase, long position, long sequence) {}

    /**
     * Takes a snapshot.
     *
     * @return where the log is now
     */
    public Snapshot snapshot() {
        return new Snapshot(active.number(), active.base(), appended, sequence);
    }

    /**
     * The clean mark of the log as it stands; after the last sync.
     *
     * @return where it ends
     * @throws KVException if the store is poisoned: then there is nothing to vouch for
     */
    public CleanMarkLayout cleanMark() {
        sync.requireHealthy();
        return new CleanMarkLayout(active.number(), active.end(), sequence);
    }

    /** Segments sealed. */
    long rolls() {
        return rolls;
    }

    /** Bytes of records appended. */
    long written() {
        return written;
    }

    /** Times that a writer waited for more than 100 microseconds for room. */
    long stalls() {
        return stalls;
    }

    long stalledNanos() {
        return stalledNanos;
    }
}
