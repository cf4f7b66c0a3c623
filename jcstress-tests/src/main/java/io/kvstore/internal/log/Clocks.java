package io.kvstore.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The clock by which records expire. */
public final class Clocks {
    private Clocks() {}

    @JCStressTest
    @Description("Time never goes back, for no thread, where the wall clock is set back: what has expired stays so.")
    @Outcome(
            id = {"1, 2", "1, 1", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Later and later, or it stands still.")
    @Outcome(expect = FORBIDDEN, desc = "Back in time.")
    @State
    public static class NeverBack {
        private final AtomicInteger looks = new AtomicInteger();

        /** Tells 0 when the clock is made, 1 and 2 to the first who ask, and then 0 again. */
        private final ExpiryClock clock = new ExpiryClock(() -> looks.getAndIncrement() % 3);

        @Actor
        public void other() {
            clock.nowMillis();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = (int) clock.nowMillis();
            r.r2 = (int) clock.nowMillis();
        }
    }
}
