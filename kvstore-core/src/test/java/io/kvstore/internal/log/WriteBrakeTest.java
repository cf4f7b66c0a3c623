package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.event.StoreEvents;
import io.kvstore.testing.Crew;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WriteBrakeTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final WriteBrake brake = new WriteBrake(StoreEvents.NONE);

    @Test
    void nobodyWaitsWhileTheBrakeIsOff() {
        assertThat(brake.charge(Long.MAX_VALUE)).isZero();
        brake.limit(1);
        brake.release();
        assertThat(brake.charge(Long.MAX_VALUE)).isZero();
        assertThat(brake.waits()).isZero();
    }

    @Test
    void firstWritePaysForItselfAloneWhateverWasWrittenBefore() {
        brake.charge(1 << 30);
        brake.limit(1000);
        assertThat(brake.charge(3000)).isEqualTo(3 * SECOND);
    }

    @Test
    void writersPayForAllThatWasWrittenBeforeThem() {
        long start = System.nanoTime();
        brake.limit(1000);
        brake.charge(3000);
        long wait = brake.charge(5000);
        assertThat(wait).isBetween(8 * SECOND - (System.nanoTime() - start), 8 * SECOND);
    }

    @Test
    void newLimitHoldsForWhatIsWrittenFromThenOn() {
        long start = System.nanoTime();
        brake.limit(1000);
        brake.charge(1000);
        brake.limit(10);
        long wait = brake.charge(1000);
        assertThat(wait).isBetween(101 * SECOND - (System.nanoTime() - start), 101 * SECOND);
    }

    @Test
    void debtsEndWithTheRelease() {
        brake.limit(1);
        brake.charge(1_000_000);
        brake.release();
        brake.charge(1);
        brake.limit(1000);
        assertThat(brake.charge(1000)).isEqualTo(SECOND);
    }

    @Test
    void shortWaitsAreSavedUpAndNotForgotten() {
        // A minute of writes of half a millisecond each: far more than this test takes.
        brake.limit(2000);
        assertThat(brake.charge(1)).isZero();
        long longest = 0;
        for (int i = 0; i < 120_000; i++) {
            long wait = brake.charge(1);
            assertThat(wait == 0 || wait >= TimeUnit.MILLISECONDS.toNanos(1)).isTrue();
            longest = Math.max(longest, wait);
        }
        assertThat(longest).isGreaterThan(10 * SECOND);
    }

    @Test
    void waitsAreCountedAsTheyWereWaited() {
        brake.limit(1000);
        long told = brake.charge(1000);
        assertThat(brake.charge(1000)).isGreaterThan(told);
        assertThat(brake.waits()).isEqualTo(2);
        assertThat(brake.waitedNanos()).isZero();
        brake.await(2_000_000);
        assertThat(brake.waitedNanos()).isGreaterThanOrEqualTo(2_000_000);
        brake.release();
        brake.await(told);
        assertThat(brake.waitedNanos()).isLessThan(told);
    }

    @Test
    void writerWaitsAsLongAsItIsTold() {
        brake.limit(1);
        long start = System.nanoTime();
        brake.await(2_000_000);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void waitingWriterGoesOnWhenTheBrakeIsReleased() {
        brake.limit(1);
        try (Crew crew = new Crew()) {
            Thread writer = crew.start("writer", () -> brake.await(HOUR));
            Crew.awaitParked(writer);
            assertThat(writer.isAlive()).isTrue();
            brake.release();
        }
    }

    @Test
    void waitThatComesAfterTheReleaseEndsAtOnce() {
        brake.limit(1);
        long wait = brake.charge(3600);
        brake.release();
        try (Crew crew = new Crew()) {
            crew.start("writer", () -> brake.await(wait));
        }
        assertThat(wait).isEqualTo(HOUR);
    }

    @Test
    void interruptShortensNoWaitAndStaysSet() {
        brake.limit(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Crew crew = new Crew()) {
            Thread writer = crew.start("writer", () -> {
                brake.await(HOUR);
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            Crew.awaitParked(writer);
            writer.interrupt();
            // Taken note of, and waiting again.
            Crew.awaitUntil("the interrupt is seen", () -> !writer.isInterrupted());
            Crew.awaitParked(writer);
            assertThat(writer.isAlive()).isTrue();
            brake.release();
        }
        assertThat(interrupted).isTrue();
    }
}
