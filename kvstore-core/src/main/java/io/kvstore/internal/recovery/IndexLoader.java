package io.kvstore.internal.recovery;

import io.kvstore.internal.log.Threads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Loads the index by several threads, a range of hashes each, while another thread still finds the segments. Owns the
 * threads. Each takes the segments in their order; no order among the threads is needed, since they share no key.
 */
final class IndexLoader implements LogScan.SourceSink, AutoCloseable {
    /** Segments that were read into memory and wait: the thread that reads waits rather than run ahead. */
    private static final int MAX_IN_MEMORY = 2;

    private static final int MAX_BITS = 3;

    /** Segments whose hints are loaded together. */
    private static final int MAX_TOGETHER = 256;

    /** About so many entries of hints are in memory at once, over all threads: 6 MiB, twice that at the worst. */
    private static final int READ_ENTRIES = 256 << 10;

    /** About so many are loaded one segment after the other: their tables are half of a common second-level cache. */
    private static final int LOADED_ENTRIES = 16 << 10;

    private static final long MAX_WAIT_MILLIS = 100;

    private final List<PartitionLoader> partitions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** All fields from here on are guarded by this. */
    private final List<SegmentSource> sources = new ArrayList<>();

    private int inMemory;

    /** Whether the next segment comes late, so that those before it are loaded meanwhile. */
    private boolean nextIsLate;

    private boolean complete;
    private boolean cancelled;
    private @Nullable Throwable failure;

    /** Whether the thread that opens the store was interrupted while it waited. */
    private boolean interrupted;

    IndexLoader(String storeName) {
        int bits = Math.min(
                MAX_BITS, 31 - Integer.numberOfLeadingZeros(Runtime.getRuntime().availableProcessors()));
        for (int i = 0; i < 1 << bits; i++) {
            PartitionLoader partition =
                    new PartitionLoader(new HashRange(bits, i), READ_ENTRIES >>> bits, LOADED_ENTRIES);
            partitions.add(partition);
            Thread thread = new Thread(() -> run(partition), "kvstore-" + storeName + "-load-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Hands a segment over; waits while too many are in memory. */
    @Override
    public synchronized void add(SegmentSource source) {
        if (source.isReadIntoMemory()) {
            while (inMemory >= MAX_IN_MEMORY && failure == null) {
                waitForChange();
            }
            inMemory++;
        }
        if (failure != null) {
            throw new CancellationException("the load of the index failed");
        }
        sources.add(source);
        nextIsLate = false;
        notifyAll();
    }

    @Override
    public synchronized void nextIsRead() {
        nextIsLate = true;
        notifyAll();
    }

    private void run(PartitionLoader partition) {
        try {
            int next = 0;
            for (List<SegmentSource> taken = take(next); !taken.isEmpty(); taken = take(next)) {
                partition.load(taken, next);
                taken.forEach(this::done);
                next += taken.size();
            }
            partition.finish();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /**
     * Takes the next segments: as many with hints as follow each other, since they are loaded together, and are found
     * fast, but without waiting for one that is read; or one that was read into memory, which holds up the thread that
     * reads. None at the end.
     */
    private synchronized List<SegmentSource> take(int from) {
        int to = from;
        while (!cancelled && failure == null) {
            if (to < sources.size()) {
                boolean inMemory = sources.get(to).isReadIntoMemory();
                if (inMemory && to > from) {
                    break;
                }
                to++;
                if (inMemory || to - from == MAX_TOGETHER) {
                    break;
                }
            } else if (complete || (nextIsLate && to > from)) {
                break;
            } else {
                waitForChange();
            }
        }
        return cancelled || failure != null ? List.of() : List.copyOf(sources.subList(from, to));
    }

    private synchronized void done(SegmentSource source) {
        if (source.doneBy(partitions.size()) && source.isReadIntoMemory()) {
            inMemory--;
            notifyAll();
        }
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /** Waits on this, whose lock is held; an interrupt does not cut the open short, and stays set. */
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private void waitForChange() {
        try {
            wait(MAX_WAIT_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
    }

    /** Waits until all segments are loaded; rethrows what went wrong. */
    List<PartitionLoader> finish() throws IOException {
        synchronized (this) {
            complete = true;
            notifyAll();
        }
        join();
        rethrow();
        return partitions;
    }

    /** Rethrows what went wrong in one of the threads. */
    synchronized void rethrow() throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    private void join() {
        threads.forEach(Threads::join);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the threads, if they have not ended. */
    @Override
    public void close() {
        synchronized (this) {
            cancelled = true;
            notifyAll();
        }
        join();
    }
}
