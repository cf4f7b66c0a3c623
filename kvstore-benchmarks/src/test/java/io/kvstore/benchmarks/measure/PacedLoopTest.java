package io.kvstore.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class PacedLoopTest {
    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @Test
    void operationsThatOneStallHeldUpCountAsSlow() {
        boolean[] stalled = {false};
        Histogram latencies = PacedLoop.latencies(10_000, 0.1, () -> {
            if (!stalled[0]) {
                stalled[0] = true;
                long end = System.nanoTime() + STALL_NANOS;
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
            }
        });
        assertThat(latencies.getTotalCount()).isEqualTo(1_000);
        // In the stall of 50 ms 500 fell due; half of them waited for more than half of it.
        long slow = latencies.getCountBetweenValues(STALL_NANOS / 2, latencies.getMaxValue());
        assertThat(slow).isGreaterThanOrEqualTo(200);
    }
}
