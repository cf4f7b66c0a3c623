package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.Crew;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ExpiryClockTest {
    private final AtomicLong wall = new AtomicLong(1000);
    private final ExpiryClock clock = new ExpiryClock(wall::get);

    @Test
    void timeIsThatOfTheWallClock() {
        assertThat(clock.nowMillis()).isEqualTo(1000);
        wall.set(1234);
        assertThat(clock.nowMillis()).isEqualTo(1234);
    }

    @Test
    void timeStandsStillUntilAClockThatWasSetBackCatchesUp() {
        wall.set(2000);
        assertThat(clock.nowMillis()).isEqualTo(2000);
        for (long behind : new long[] {1999, 0, -5, 1500, 2000}) {
            wall.set(behind);
            assertThat(clock.nowMillis()).as("wall clock at %d", behind).isEqualTo(2000);
        }
        wall.set(2001);
        assertThat(clock.nowMillis()).isEqualTo(2001);
    }

    @Test
    void clockThatIsSetBackBeforeTheFirstLookIsNoticed() {
        wall.set(999);
        assertThat(clock.nowMillis()).isEqualTo(1000);
    }

    @Test
    @Tag("concurrency")
    void noThreadEverSeesATimeBeforeOneThatWasSeen() {
        AtomicLong seen = new AtomicLong();
        try (Crew crew = new Crew()) {
            for (int thread = 0; thread < 4; thread++) {
                crew.start("reader-" + thread, () -> {
                    for (int i = 0; i < 20_000 && !crew.hasFailed(); i++) {
                        long before = seen.get();
                        // Forwards on the whole, with steps back.
                        wall.addAndGet(i % 3 == 0 ? -2 : 3);
                        long now = clock.nowMillis();
                        seen.accumulateAndGet(now, Math::max);
                        if (now < before) {
                            assertThat(now).isGreaterThanOrEqualTo(before);
                        }
                    }
                });
            }
        }
        assertThat(seen.get()).isGreaterThan(1000);
    }
}
