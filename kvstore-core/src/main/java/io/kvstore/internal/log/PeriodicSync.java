package io.kvstore.internal.log;

import io.kvstore.KVException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs the log on a thread of its own: again and again where what is not durable shall stay bounded in time, and at
 * once where too many segments wait for it.
 */
final class PeriodicSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicSync.class);

    private final Log log;
    private final long intervalNanos;
    private final Thread thread;
    private volatile boolean stopped;

    /** Set before the thread is unparked, cleared by it before it syncs: what was appended before is in that sync. */
    private volatile boolean requested;

    PeriodicSync(Log log, Duration interval, String storeName) {
        this.log = log;
        this.intervalNanos = interval.toNanos();
        thread = new Thread(this::run, "kvstore-" + storeName + "-sync");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Syncs at once, without waiting for the interval. */
    void request() {
        requested = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long last = System.nanoTime();
        while (!stopped) {
            long wait = last + intervalNanos - System.nanoTime();
            if (!requested && (intervalNanos == 0 || wait > 0)) {
                park(wait);
                continue;
            }
            requested = false;
            try {
                log.awaitSynced(log.position());
            } catch (KVException e) {
                // The log is poisoned: each write from now on throws this to its caller.
                LOG.error("{}: the store refuses writes from now on: {}", thread.getName(), e.getMessage());
                return;
            } catch (OutOfMemoryError e) {
                // A force that fails has poisoned the log; before it, nothing has happened.
                tell(e);
            } catch (RuntimeException | Error e) {
                log.poison(e);
                LOG.error("{}: the store refuses writes from now on", thread.getName(), e);
                return;
            }
            last = System.nanoTime();
        }
    }

    private void tell(OutOfMemoryError error) {
        try {
            LOG.warn("{}: no sync now, since the heap is too small ({})", thread.getName(), error.getMessage());
        } catch (OutOfMemoryError e) {
            // Not even enough for the log: the thread goes on.
        }
    }

    private void park(long nanos) {
        if (intervalNanos == 0) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
    }
}
