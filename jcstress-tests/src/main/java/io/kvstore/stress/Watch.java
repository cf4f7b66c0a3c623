package io.kvstore.stress;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells a wait that nobody would ever have ended: whoever waits for some seconds is woken, and told that it was late.
 * Its thread ends with the process.
 */
public final class Watch implements Runnable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Map<Thread, Wait> waits = new ConcurrentHashMap<>();

    private static final class Wait {
        final long since = System.nanoTime();
        volatile boolean late;
    }

    /** A watch that runs. */
    public Watch() {
        Thread thread = new Thread(this, "watch");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for something.
     *
     * @param wait parks until it is done
     * @return true if it ended by itself
     */
    public boolean ends(Runnable wait) {
        Wait mine = new Wait();
        waits.put(Thread.currentThread(), mine);
        wait.run();
        waits.remove(Thread.currentThread());
        return !mine.late;
    }

    @Override
    public void run() {
        for (; ; ) {
            LockSupport.parkNanos(STEP_NANOS);
            waits.forEach((thread, wait) -> {
                if (System.nanoTime() - wait.since > PATIENCE_NANOS) {
                    wait.late = true;
                    LockSupport.unpark(thread);
                }
            });
        }
    }
}
