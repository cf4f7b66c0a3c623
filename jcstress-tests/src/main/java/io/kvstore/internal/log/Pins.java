package io.kvstore.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.index.Keys;
import io.kvstore.internal.log.ReaderPins.Pin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Readers that hold a pin, against whoever takes away what they read. */
public final class Pins {
    private Pins() {}

    @JCStressTest
    @Description("A reader never sees what is destroyed after the drain: it is waited for, or finds the copy.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It read the record in the victim, which stayed that long.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "It read the copy.")
    @Outcome(expect = FORBIDDEN, desc = "It was in the victim when that was destroyed.")
    @State
    public static class AgainstRemoval extends Segments {
        private final ReaderPins pins = new ReaderPins();
        private final Segment victim = add(0);
        private final long old = append(victim, 1);
        private final long copy = append(add(1), 2);

        public AgainstRemoval() {
            index.put(Keys.A, old);
        }

        @Actor
        public void reader(I_Result r) {
            try (Pin pin = pins.enter()) {
                r.r1 = read(pin.record());
            }
        }

        @Actor
        public void merge() {
            index.compareAndSet(Keys.A, old, copy);
            pins.drain();
            segments.release(victim.slot());
            directory.deleteAndFree(FileNames.segment(victim.number()));
        }
    }

    @JCStressTest
    @Description("The drain waits for all pins that are held, not for the first of them.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It read the record in the victim, which stayed that long.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "It read the copy.")
    @Outcome(expect = FORBIDDEN, desc = "Its second pin was not waited for.")
    @State
    public static class AgainstRemovalWithTwoPins extends Segments {
        /** Longer than a drain sleeps before it looks again. */
        private static final int READS = 2_000;

        private final ReaderPins pins = new ReaderPins();
        private final Segment victim = add(0);
        private final long old = append(victim, 1);
        private final long copy = append(add(1), 2);

        public AgainstRemovalWithTwoPins() {
            index.put(Keys.A, old);
        }

        @Actor
        public void reader(I_Result r) {
            Pin first = pins.enter();
            try (Pin second = pins.enter()) {
                long location = index.get(Keys.A);
                first.close();
                r.r1 = read(location, second.record());
                for (int i = 0; i < READS && r.r1 == 1; i++) {
                    r.r1 = read(location, second.record());
                }
            }
        }

        @Actor
        public void merge() {
            index.compareAndSet(Keys.A, old, copy);
            pins.drain();
            segments.release(victim.slot());
            directory.deleteAndFree(FileNames.segment(victim.number()));
        }
    }

    @JCStressTest
    @Description("Once the pins are closed and drained nobody is inside, and nobody comes in.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Too late: no pin.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "In time: what it reads stays as long as it holds the pin.")
    @Outcome(expect = FORBIDDEN, desc = "It was inside when everything was closed.")
    @State
    public static class AgainstClose {
        /** The reader stays inside for about as long as a drain takes. */
        private static final int LOOKS = 200;

        private final ReaderPins pins = new ReaderPins();
        private volatile int gone;

        @Actor
        public void reader(I_Result r) {
            Pin pin = pins.enter();
            if (pin != null) {
                int seen = gone;
                for (int i = 0; i < LOOKS && seen == 0; i++) {
                    seen = gone;
                }
                r.r1 = 1 + seen;
                pin.close();
            }
        }

        @Actor
        public void closer() {
            pins.closeAndDrain();
            gone = 1;
        }
    }

    @JCStressTest
    @Description("The holder of a pin is alone with it: its buffer is not shared, and no count of reads is lost.")
    @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "Both held it, one after the other, and both were counted.")
    @Outcome(expect = FORBIDDEN, desc = "Both held it at once, or a count was lost.")
    @State
    public static class Alone {
        private final ReaderPins pins = new ReaderPins();
        private int inside;

        /** All pins but one are taken. */
        public Alone() {
            int left =
                    Math.max(64, Integer.highestOneBit(8 * Runtime.getRuntime().availableProcessors() - 1) << 1);
            while (--left > 0) {
                pins.enter();
            }
        }

        private int hold() {
            try (Pin pin = pins.enter()) {
                int seen = ++inside;
                pin.countHit();
                inside--;
                return seen;
            }
        }

        @Actor
        public void reader1(III_Result r) {
            r.r1 = hold();
        }

        @Actor
        public void reader2(III_Result r) {
            r.r2 = hold();
        }

        @Arbiter
        public void counts(III_Result r) {
            r.r3 = (int) pins.hits();
        }
    }
}
