package io.kvstore.benchmarks.measure;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One thread that starts operations by a fixed schedule, whatever the ones before took. The latency of each is counted
 * from the moment at which it was due, so that whatever a slow one holds up counts as slow too (no coordinated
 * omission).
 */
public final class PacedLoop {
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private PacedLoop() {}

    /**
     * Runs an operation by schedule.
     *
     * @param rate how many are due a second
     * @param seconds for how long operations fall due
     * @param operation what is done
     * @return nanoseconds from when each was due to when it was done
     */
    public static Histogram latencies(double rate, double seconds, Operation operation) {
        Histogram histogram = new Histogram(LONGEST_NANOS, 3);
        double interval = 1e9 / rate;
        long times = Math.max(1, (long) (rate * seconds));
        long start = System.nanoTime();
        for (long i = 0; i < times; i++) {
            long due = start + (long) (i * interval);
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            operation.run();
            histogram.recordValue(System.nanoTime() - due);
        }
        return histogram;
    }
}
