package io.kvstore.internal.log;

import io.kvstore.KVException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.FileErrors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The log: its {@link #tail}, to which records are appended, what makes them durable, how they are read back, and how
 * much of them is current. Owns the segments and the threads that reserve space and sync.
 *
 * <p>May be called by any thread; what wants {@link #lock} to be held says so.
 */
public final class Log implements AutoCloseable {
    /**
     * Sealed segments that are not durable yet have their files open. More of them than this are synced ahead of time;
     * fewer are left to the interval, since a sync for each that is sealed takes writers much of their speed
     * (docs/BENCHMARKS.md).
     */
    private static final int MAX_UNSYNCED_SEGMENTS = 32;

    private final ReentrantLock lock = new ReentrantLock();
    private final SegmentFiles files;
    private final SegmentSet segments;
    private final ReserveAhead ahead;
    private final LogTail tail;
    private final GroupSync sync;
    private final PeriodicSync periodic;
    private final WriteBrake brake;
    private final LiveBytes live = new LiveBytes();
    private final SegmentTurnover turnover;

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
        StoreEvents events = StoreEvents.of(files.directory().path());
        this.brake = new WriteBrake(events);
        segments.all().forEach(live::include);
        this.ahead = new ReserveAhead(files, segments, settings.storeName());
        this.tail = new LogTail(active, sequence, segments, settings.sizes(), live, ahead, events);
        this.sync = tail.sync();
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
        tail.start(() -> {
            if (sync.pendingSegments() > MAX_UNSYNCED_SEGMENTS) {
                periodic.request();
            }
            toldOnRoll.run();
        });
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
     * Where records are appended.
     *
     * @return the same one each time; to be used with the lock held
     */
    public LogTail tail() {
        return tail;
    }

    /**
     * Goes on in a new segment, so that all that was written so far is in sealed ones.
     *
     * @return false if the active segment is empty
     * @throws KVException if there is no new segment, or the store is poisoned
     */
    public boolean rollIfUsed() {
        lock.lock();
        try {
            return tail.rollIfUsed();
        } catch (IOException e) {
            throw FileErrors.toStoreError(e, "nothing was merged");
        } finally {
            lock.unlock();
        }
    }

    /**
     * The slot of a record's segment.
     *
     * @param address from {@link LogTail#append}
     * @return the slot
     */
    public static int slot(long address) {
        return (int) (address >>> 32);
    }

    /**
     * The offset of a record in its segment.
     *
     * @param address from {@link LogTail#append}
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
        return tail.position();
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
     * Tells the place of a record apart from all others that there ever were, those of segments that are gone included.
     * The caller holds a pin.
     *
     * @param slot of the segment
     * @param offset where the record starts
     * @return number of the segment and offset; not 0
     */
    public long place(int slot, int offset) {
        return (long) segments.get(slot).number() << 32 | offset;
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
     * Tells what a writer has appended; with the lock held.
     *
     * @param bytes size of the record
     * @return how long the writer is to wait, for {@link #slowDown}
     */
    public long charge(long bytes) {
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
     * All segments but the active one; with the lock held.
     *
     * @return sealed and merged ones, in no order
     */
    public List<Segment> sealedSegments() {
        List<Segment> sealed = segments.all();
        sealed.remove(tail.active());
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
            return new Figures(
                    sync.syncs(),
                    tail.rolls(),
                    tail.written(),
                    tail.stalls(),
                    tail.stalledNanos(),
                    brake.waits(),
                    brake.waitedNanos());
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
                states.add(SegmentState.of(segment, segment == tail.active(), nowMillis));
            }
            states.sort(SegmentState.ORDER);
            return states;
        } finally {
            lock.unlock();
        }
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
     * Refuses all later writes.
     *
     * @param cause what went wrong
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
