package io.kvstore.internal.log;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps reserved space in front of the writers, on a thread of its own: zero-fills the active segment ahead, and makes
 * the next segment as soon as the one before it is in use (making one durable may take the disk tens of milliseconds).
 * Where it is late, a writer does the same work itself.
 *
 * <p>What fails here is left for the writer that comes to the same place: it tries again and reports the error to its
 * caller.
 */
final class ReserveAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReserveAhead.class);
    private static final int MIN_AHEAD = 2 << 20;
    private static final int MAX_AHEAD = 32 << 20;

    private final SegmentFiles files;
    private final SegmentSet segments;
    private final Thread thread;
    private volatile boolean stopped;

    /** The size of segments that are made; set before {@link #active} is, and read after it. */
    private int segmentSize;

    private volatile @Nullable Segment active;

    /**
     * How far to reserve ahead: doubles each time that writers use half of it up, so that an idle store takes little.
     */
    private volatile int ahead = MIN_AHEAD;

    /**
     * Set by whoever wakes the thread, cleared by the thread before it looks: spares writers an unpark a record.
     * Nothing depends on it: a writer for whom the thread is late does the work itself.
     */
    private volatile boolean requested;

    /** Whether room is short, so that no segment is made ahead. Guarded by this. */
    private boolean frugal;

    /** The next segment, if it was made. Guarded by this. */
    private @Nullable Segment next;

    ReserveAhead(SegmentFiles files, SegmentSet segments, String storeName) {
        this.files = files;
        this.segments = segments;
        thread = new Thread(this::run, "kvstore-" + storeName + "-reserve");
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @param first the active segment
     * @param nextSize of the segments that follow, bytes
     */
    void start(Segment first, int nextSize) {
        segmentSize = nextSize;
        active = first;
        thread.start();
    }

    /**
     * Hands out the segment that follows the active one, and makes it if it is not ready.
     *
     * @param capacity at least this many bytes
     */
    synchronized Segment take(long capacity) throws IOException {
        Segment taken = next;
        next = null;
        if (taken != null && taken.capacity() < capacity) {
            discard(taken);
            taken = null;
        }
        if (taken == null) {
            taken = create((int) Math.max(capacity, segmentSize));
        }
        // Until the writer goes on in it, nobody makes another one of its number.
        active = null;
        return taken;
    }

    /**
     * Tells that a segment that was taken is the active one now.
     *
     * @param segment the active one
     * @param nextSize of the segments that follow, bytes
     * @param large whether records come that reserve their space by themselves
     */
    void goOnIn(Segment segment, int nextSize, boolean large) {
        segmentSize = nextSize;
        active = segment;
        if (large) {
            // Doubled by being woken.
            ahead = MIN_AHEAD / 2;
        }
        wake();
    }

    /** Gives up a segment that was taken, and to which nothing was written; goes on in the one before. */
    synchronized void giveUp(Segment taken, Segment previous) throws IOException {
        active = previous;
        discard(taken);
    }

    /** Gives the segment up that was made ahead, where room is short, and makes none until there is room again. */
    synchronized void giveUpSpare() throws IOException {
        frugal = true;
        Segment spare = next;
        next = null;
        if (spare != null) {
            discard(spare);
        }
    }

    /** Ends {@link #giveUpSpare}. */
    synchronized void takeSpare() {
        if (frugal) {
            frugal = false;
            wake();
        }
    }

    private Segment create(int capacity) throws IOException {
        int slot = segments.takeSlot();
        boolean created = false;
        try {
            Segment segment = files.create(files.nextNumber(), slot, capacity);
            created = true;
            return segment;
        } finally {
            if (!created) {
                segments.release(slot);
            }
        }
    }

    private void discard(Segment unused) throws IOException {
        segments.release(unused.slot());
        files.discard(unused);
    }

    /** Tells that the writers come near to the end of the reserved space. Costs one read when that is known already. */
    void wake() {
        if (!requested) {
            requested = true;
            LockSupport.unpark(thread);
        }
    }

    /** Whether the space in front of an offset is short enough to wake the thread. */
    boolean isShort(Segment segment, int end) {
        return segment.reserved() - end < ahead / 2;
    }

    private void run() {
        while (!stopped) {
            requested = false;
            Segment segment = active;
            try {
                if (segment != null) {
                    reserve(segment);
                    prepareNext(segment, segment.reserved() == segment.capacity() ? ahead : 0);
                }
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                LOG.debug("{}: left to the next writer, who will report it", thread.getName(), e);
            }
            while (!requested && !stopped) {
                LockSupport.park(this);
            }
            ahead = Math.min(2 * ahead, MAX_AHEAD);
        }
    }

    private void reserve(Segment segment) throws IOException {
        boolean more = true;
        while (more && active == segment) {
            more = segment.reserveChunk(Math.min((long) segment.end() + ahead, segment.capacity()));
        }
    }

    /** Makes the next segment, and reserves some of it once the active one is reserved to its end. */
    private void prepareNext(Segment after, int reserved) throws IOException {
        Segment made;
        synchronized (this) {
            if (stopped || frugal || active != after) {
                return;
            }
            if (next == null) {
                next = create(segmentSize);
            }
            made = next;
        }
        made.reserve(Math.min(reserved, made.capacity()));
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
        synchronized (this) {
            Segment unused = next;
            next = null;
            if (unused != null) {
                discard(unused);
            }
        }
    }
}
