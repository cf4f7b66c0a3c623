package io.kvstore.internal.log;

import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.internal.file.FileErrors;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;
import java.time.Duration;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final SegmentFiles files;
    private final SegmentSet segments;
    private final ReserveAhead ahead;
    private final GroupSync sync;
    private final PeriodicSync periodic;
    private final int segmentSize;

    private Segment active;
    private long sequence;

    /** The position at which the segment before the active one ended. */
    private long previousEnd;

    /** The position up to which records were appended; released after the record's bytes were copied. */
    private volatile long appended;

    private long rolls;
    private long stalls;
    private long stalledNanos;

    /**
     * A log that goes on where recovery found its end. All that is there is on stable storage already.
     *
     * @param files to make segments
     * @param segments those that exist, at least one; the last one is appended to
     * @param sequence the last sequence number given out
     * @param settings how to keep it
     */
    public Log(SegmentFiles files, SegmentSet segments, long sequence, Settings settings) {
        List<Segment> present = segments.all();
        this.files = files;
        this.segments = segments;
        this.active = present.get(present.size() - 1);
        this.sequence = sequence;
        this.segmentSize = settings.segmentSize();
        this.appended = LogPosition.of(active.number(), active.end());
        this.sync = new GroupSync(() -> appended, appended);
        this.sync.add(active);
        this.ahead = new ReserveAhead(files, segmentSize, settings.storeName());
        this.periodic = new PeriodicSync(this, settings.syncInterval(), settings.storeName());
    }

    /**
     * How a log is kept.
     *
     * @param segmentSize bytes, a multiple of 8
     * @param syncInterval of the periodic sync; zero for none but when many segments wait for it
     * @param storeName for the names of threads
     */
    public record Settings(int segmentSize, Duration syncInterval, String storeName) {}

    /** Starts the threads of the log. */
    public void start() {
        ahead.start(active);
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
            reserveSlowly(bytes);
        }
    }

    private void reserveSlowly(long bytes) {
        long start = System.nanoTime();
        try {
            if (active.hasRoom(bytes)) {
                active.reserve(active.end() + bytes + RecordLayout.SEAL_SIZE);
            } else {
                roll(bytes);
            }
        } catch (IOException e) {
            throw FileErrors.toStoreError(e, "nothing was written");
        }
        ahead.wake();
        long nanos = System.nanoTime() - start;
        if (nanos > STALL_NANOS) {
            stalls++;
            stalledNanos += nanos;
        }
    }

    /**
     * Seals the active segment and goes on in the next one.
     *
     * <p>Crash story: the next segment is on stable storage, empty, before the seal is written, and nothing is appended
     * to it before. Without its seal the old segment is the last that counts, and what the new one holds is dropped; a
     * sync of the new one first syncs the old one, seal included.
     */
    private void roll(long bytes) throws IOException {
        Segment old = active;
        long capacity = RecordLayout.align(SegmentHeader.SIZE + bytes + RecordLayout.SEAL_SIZE);
        segments.nextSlot();
        // Recovery may have left the active segment without room for its seal.
        old.reserve(old.end() + RecordLayout.SEAL_SIZE);
        RecordBuffer seal = new RecordBuffer().encode(RecordLayout.KIND_SEAL, new byte[0], new byte[0]);
        Segment next = ahead.take(old, capacity);
        boolean ready = false;
        try {
            next.reserve(capacity);
            // Last what may run out of memory: nothing names the segment yet, and a sync stops before it.
            segments.add(next);
            sync.add(next);
            ready = true;
        } finally {
            if (!ready) {
                segments.remove(next);
                ahead.giveUp(next, old);
            }
        }
        write(old, seal, sequence, 0);
        previousEnd = LogPosition.of(old.number(), old.end());
        active = next;
        ahead.goOnIn(next);
        appended = LogPosition.of(next.number(), next.end());
        rolls++;
        if (sync.pendingSegments() > MAX_UNSYNCED_SEGMENTS) {
            periodic.request();
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
        Segment segment = active;
        int offset = segment.end();
        write(segment, record, sequence + 1, bucket);
        sequence++;
        int end = segment.end();
        appended = LogPosition.of(segment.number(), end);
        if (ahead.isShort(segment, end) && segment.reserved() < segment.capacity()) {
            ahead.wake();
        }
        return ((long) segment.slot() << 32) | offset;
    }

    private void write(Segment segment, RecordBuffer record, long recordSequence, int bucket) {
        try {
            segment.append(record, recordSequence, syncedMark(segment), bucket);
        } catch (IOException e) {
            sync.poison(e);
            sync.requireHealthy();
        }
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
        return appended;
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
     * Corrects the estimate of a segment's live bytes; with the lock held.
     *
     * @param slot of the segment
     * @param bytes the bound of the record's size class, negative if it is not current any more
     */
    public void addLiveEstimate(int slot, long bytes) {
        segments.get(slot).addLiveEstimate(bytes);
    }

    /**
     * Figures of the log.
     *
     * @param segments segment files
     * @param diskBytes reserved bytes of all segments
     * @param logBytes bytes of records
     * @param liveBytes estimate of the current ones
     * @param syncs forces done
     * @param rolls segments sealed
     * @param stalls times that a writer waited for more than 100 microseconds for room
     * @param stalledNanos the time that took
     */
    public record Figures(
            int segments,
            long diskBytes,
            long logBytes,
            long liveBytes,
            long syncs,
            long rolls,
            long stalls,
            long stalledNanos) {}

    /**
     * Takes the figures.
     *
     * @return a snapshot
     */
    public Figures figures() {
        lock.lock();
        try {
            long diskBytes = 0;
            long logBytes = 0;
            long liveBytes = 0;
            List<Segment> all = segments.all();
            for (Segment segment : all) {
                diskBytes += segment.reserved();
                logBytes += segment.logBytes();
                liveBytes += segment.liveBytes();
            }
            return new Figures(
                    all.size(),
                    diskBytes,
                    logBytes,
                    Math.min(liveBytes, logBytes),
                    sync.syncs(),
                    rolls,
                    stalls,
                    stalledNanos);
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
