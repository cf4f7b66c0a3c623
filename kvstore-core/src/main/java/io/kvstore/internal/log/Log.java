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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The log: appends records to the active segment, rolls to the next, makes them durable, reads them back. Owns the
 * segments and the threads that reserve space and sync.
 *
 * <p>One writer at a time: {@link #reserve} and {@link #append} are called with {@link #lock} held. Everything else may
 * be called by any thread.
 */
public final class Log implements AutoCloseable {
    /** A writer that needs longer than this to get room counts as stalled. */
    private static final long STALL_NANOS = 100_000;

    /**
     * Sealed segments that are not durable yet have their files open. More of them than this are synced ahead of time;
     * fewer are left to the interval, since a sync for each that is sealed takes writers much of their speed
     * (docs/BENCHMARKS.md).
     */
    private static final int MAX_UNSYNCED_SEGMENTS = 32;

    private static final byte[] NO_KEY = {};
    private static final VarHandle APPENDED;

    static {
        try {
            APPENDED = MethodHandles.lookup().findVarHandle(Log.class, "appended", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final SegmentFiles files;
    private final SegmentSet segments;
    private final ReserveAhead ahead;
    private final GroupSync sync;
    private final PeriodicSync periodic;
    private final StoreEvents events;
    private final WriteBrake brake;
    private final LiveBytes live = new LiveBytes();
    private final SegmentTurnover turnover;
    private final SegmentSizes sizes;

    /** Told, under the lock, whenever a segment was sealed. */
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
    private long lastRollNanos = System.nanoTime();
    private long writtenAtLastRoll;
    private long stalls;
    private long stalledNanos;

    /**
     * A log that goes on where recovery found its end. All that is there is on stable storage already.
     *
     * @param files to make segments
     * @param segments those that exist
     * @param active the one of them that is appended to
     * @param sequence the last sequence number given out
     * @param settings how to keep it
     */
    public Log(SegmentFiles files, SegmentSet segments, Segment active, long sequence, Settings settings) {
        this.files = files;
        this.segments = segments;
        this.active = active;
        this.sequence = sequence;
        this.sizes = settings.sizes();
        this.appended = LogPosition.of(active.number(), active.end());
        this.events = StoreEvents.of(files.directory().path());
        this.brake = new WriteBrake(events);
        this.sync = new GroupSync(this::position, appended, events);
        this.sync.add(active);
        segments.all().forEach(live::include);
        this.ahead = new ReserveAhead(files, segments, settings.storeName());
        this.turnover = new SegmentTurnover(files, segments, live, ahead);
        this.periodic = new PeriodicSync(this, settings.syncInterval(), settings.storeName());
    }

    /**
     * How a log is kept.
     *
     * @param sizes of new segments
     * @param syncInterval of the periodic sync; zero for none but when many segments wait for it
     * @param storeName for the names of threads
     */
    public record Settings(SegmentSizes sizes, Duration syncInterval, String storeName) {}

    /**
     * Starts the threads of the log.
     *
     * @param toldOnRoll whenever a segment was sealed; under the lock
     */
    public void start(Runnable toldOnRoll) {
        onRoll = toldOnRoll;
        ahead.start(active, sizes.of(live.balance().logBytes()));
        periodic.start();
    }

    /**
     * The lock of the writers.
     *
     * @return the lock; held for microseconds
     */
    public Lock lock() {
        return lock;
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
            byte[] successor = new byte[4];
            LittleEndian.putInt(successor, 0, next.number());
            seal.encode(RecordLayout.KIND_SEAL, NO_KEY, successor);
            if (old.end() + RecordLayout.SEAL_SIZE > old.reserved()) {
                // Behind a large record, or where recovery has left it.
                old.reserveBy(seal);
            }
            // Last what may run out of memory: nothing names the segment yet, and a sync stops before it.
            segments.add(next);
            sync.add(next);
            ready = true;
        } finally {
            if (!ready) {
                ahead.giveUp(next, old);
            }
        }
        write(old, seal, sequence, 0);
        flush(old);
        previousEnd = LogPosition.of(old.number(), old.end());
        active = next;
        long now = System.nanoTime();
        ahead.goOnIn(
                next,
                sizes.forWriters(
                        live.balance().logBytes(),
                        written - writtenAtLastRoll,
                        Math.max(1, now - lastRollNanos),
                        capacity),
                large != null);
        lastRollNanos = now;
        writtenAtLastRoll = written;
        APPENDED.setRelease(this, LogPosition.of(next.number(), next.end()));
        rolls++;
        rolling.end(old.number(), next.number(), old.end());
        if (sync.pendingSegments() > MAX_UNSYNCED_SEGMENTS) {
            periodic.request();
        }
        onRoll.run();
    }

    /**
     * Goes on in a new segment, so that all that was written so far is in sealed ones.
     *
     * @return false if the active segment is empty
     * @throws KVException as {@link #reserve}
     */
    public boolean rollIfUsed() {
        lock.lock();
        try {
            sync.requireHealthy();
            if (active.end() == SegmentHeader.SIZE) {
                return false;
            }
            roll(0, null);
            return true;
        } catch (IOException e) {
            throw FileErrors.toStoreError(e, "nothing was merged");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends a record for which space was reserved.
     *
     * @param record encoded
     * @param bucket its bucket id
     * @return where it is, as {@link #slot} and {@link #offset} tell
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
     * @return where it is, as {@link #slot} and {@link #offset} tell
     */
    public long appendPart(RecordBuffer record, int bucket) {
        Segment segment = active;
        int offset = segment.end();
        write(segment, record, sequence + 1, bucket);
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
     * The last sequence number given out; with the lock held.
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
     * The slot of a record's segment.
     *
     * @param address from {@link #append}
     * @return the slot
     */
    public static int slot(long address) {
        return (int) (address >>> 32);
    }

    /**
     * The offset of a record in its segment.
     *
     * @param address from {@link #append}
     * @return bytes from the start of the file
     */
    public static int offset(long address) {
        return (int) address;
    }

    /**
     * Where the next record will go: a position to wait for with {@link #awaitSynced}.
     *
     * @return the position up to which records were appended
     */
    public long position() {
        return (long) APPENDED.getAcquire(this);
    }

    /**
     * Returns when everything below a position is on stable storage.
     *
     * @param position from {@link #position}
     * @throws KVException with code {@link io.kvstore.KVErrorCode#SYNC_FAILED}
     */
    public void awaitSynced(long position) {
        sync.await(position);
    }

    /**
     * Reads a record and checks it. The caller holds a pin.
     *
     * @param slot of the segment
     * @param offset in it
     * @param sizeBound no less than its size
     * @param record takes it
     */
    public void read(int slot, int offset, long sizeBound, RecordBuffer record) {
        segments.get(slot).read(offset, sizeBound, record);
    }

    /**
     * Brings a record into the processor's caches before it is read: reads that depend on nothing wait for memory
     * together. The caller holds a pin.
     *
     * @param slot of the segment
     * @param offset in it
     * @param sizeBound no less than its size
     * @return what was read; to be stored somewhere, or the compiler drops the reads
     */
    public long fetch(int slot, int offset, long sizeBound) {
        return segments.get(slot).fetch(offset, sizeBound);
    }

    /**
     * Counts a record as current; with the lock held.
     *
     * @param slot of its segment
     * @param sizeBound of its size class
     */
    public void addLive(int slot, long sizeBound) {
        segments.get(slot).content().addLive(sizeBound);
        live.add(sizeBound);
    }

    /**
     * Counts a record as garbage; with the lock held.
     *
     * @param slot of its segment
     * @param sizeBound of its size class
     */
    public void removeLive(int slot, long sizeBound) {
        segments.get(slot).content().removeLive(sizeBound);
        live.remove(sizeBound);
    }

    /**
     * Tells what a writer has written; with the lock held.
     *
     * @param bytes size of the record
     * @return how long the writer is to wait, for {@link #slowDown}
     */
    public long charge(long bytes) {
        written += bytes;
        return brake.charge(bytes);
    }

    /**
     * Waits while garbage comes up too fast; without the lock.
     *
     * @param nanos as {@link #charge} has told
     */
    public void slowDown(long nanos) {
        brake.await(nanos);
    }

    /**
     * Limits what all writers together may write.
     *
     * @param bytesPerSecond more than 0; infinite for no limit
     */
    public void limitWriters(double bytesPerSecond) {
        if (Double.isInfinite(bytesPerSecond)) {
            brake.release();
        } else {
            brake.limit(bytesPerSecond);
        }
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
     * Takes a snapshot; with the lock held.
     *
     * @return where the log is now
     */
    public Snapshot snapshot() {
        return new Snapshot(active.number(), active.base(), appended, sequence);
    }

    /**
     * The segment that is appended to; with the lock held.
     *
     * @return the last one of the log
     */
    public Segment active() {
        return active;
    }

    /**
     * All segments but the active one; with the lock held.
     *
     * @return sealed and merged ones, in no order
     */
    public List<Segment> sealedSegments() {
        List<Segment> sealed = segments.all();
        sealed.remove(active);
        return sealed;
    }

    /**
     * What a merge changes.
     *
     * @return the same one each time
     */
    public SegmentTurnover turnover() {
        return turnover;
    }

    /**
     * Tells how much of the log is current; costs nothing to speak of.
     *
     * @return a snapshot
     */
    public LogBalance balance() {
        lock.lock();
        try {
            return live.balance();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Figures of the log.
     *
     * @param syncs forces done
     * @param rolls segments sealed
     * @param written bytes of records appended
     * @param stalls times that a writer waited for more than 100 microseconds for room
     * @param stalledNanos the time that took
     * @param slowed times that a writer was slowed down
     * @param slowedNanos the time that took
     */
    public record Figures(
            long syncs, long rolls, long written, long stalls, long stalledNanos, long slowed, long slowedNanos) {}

    /**
     * Takes the figures.
     *
     * @return a snapshot
     */
    public Figures figures() {
        lock.lock();
        try {
            return new Figures(sync.syncs(), rolls, written, stalls, stalledNanos, brake.waits(), brake.waitedNanos());
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is in each segment now.
     *
     * @param nowMillis by which records expire
     * @return the segments in the order in which their records count
     */
    public List<SegmentState> segments(long nowMillis) {
        lock.lock();
        try {
            List<SegmentState> states = new ArrayList<>();
            for (Segment segment : segments.all()) {
                states.add(SegmentState.of(segment, segment == active, nowMillis));
            }
            states.sort(SegmentState.ORDER);
            return states;
        } finally {
            lock.unlock();
        }
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

    /**
     * Makes sure that writes are not refused.
     *
     * @throws KVException with code {@link io.kvstore.KVErrorCode#SYNC_FAILED} if they are
     */
    public void requireHealthy() {
        sync.requireHealthy();
    }

    /**
     * Whether writes are taken.
     *
     * @return false if {@link #requireHealthy} would throw
     */
    public boolean isHealthy() {
        return !sync.isPoisoned();
    }

    /**
     * Refuses all later writes, since log and index may not agree any more.
     *
     * @param cause what went wrong between an append and the change of the index
     */
    public void poison(Throwable cause) {
        sync.poison(cause);
    }

    /**
     * Stops the threads and closes the files. No writer and no reader is in the log any more, and the last sync is
     * done.
     *
     * @throws IOException if a file cannot be cut or closed; the others are closed all the same
     */
    @Override
    public void close() throws IOException {
        periodic.close();
        Closing closing = new Closing();
        closing.run(ahead::close);
        for (Segment segment : segments.all()) {
            // After a failed sync nothing of the files is touched: recovery decides what is left of them.
            boolean cut = segment.capacity() > segment.end() && !sync.isPoisoned();
            closing.run(cut ? () -> files.trim(segment) : segment::closeFile);
        }
        closing.finish();
    }

    /** Runs all of several closing steps, and throws the first error at the end. */
    private static final class Closing {
        private @Nullable Exception first;

        private interface Step {
            void run() throws IOException;
        }

        void run(Step step) {
            try {
                step.run();
            } catch (IOException | RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }

        void finish() throws IOException {
            if (first instanceof IOException e) {
                throw e;
            } else if (first instanceof RuntimeException e) {
                throw e;
            }
        }
    }
}
