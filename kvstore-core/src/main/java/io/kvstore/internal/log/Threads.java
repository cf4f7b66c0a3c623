package io.kvstore.internal.log;

/** Waiting for threads to end without being cut short by an interrupt. */
public final class Threads {
    private Threads() {}

    /**
     * Waits until a thread has ended; an interrupt meanwhile stays set.
     *
     * @param thread to wait for
     */
    public static void join(Thread thread) {
        boolean interrupted = false;
        for (; ; ) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
