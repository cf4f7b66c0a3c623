package io.kvstore.typed;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Threads that wait for an element of a queue. */
public final class QueueWaits {
    private static final VarHandle ELEMENT;

    static {
        try {
            ELEMENT = MethodHandles.lookup().findVarHandle(TakeAgainstAdd.class, "element", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private QueueWaits() {}

    @JCStressTest
    @Description(
            "Whoever waits sees the element, or is woken: who adds comes after its count, or it after the element.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It saw the element, at once or when it was woken.")
    @Outcome(expect = FORBIDDEN, desc = "The element was there, and nobody has woken it.")
    @State
    public static class TakeAgainstAdd {
        /**
         * Waits end by themselves after some time: so many of them take seconds, in which no wake is on its way any
         * more.
         */
        private static final int WAITS = 60;

        private static final long LONG_NANOS = 1_000_000_000;

        private final Waiting waiting = new Waiting();

        /** Released, as a slot of the index is. */
        private int element;

        @Actor
        public void adder() {
            ELEMENT.setRelease(this, 1);
            waiting.wake();
        }

        @Actor
        public void taker(I_Result r) {
            waiting.enter();
            try {
                long seen = waiting.version();
                r.r1 = (int) ELEMENT.getAcquire(this);
                for (int i = 0; i < WAITS && r.r1 == 0; i++) {
                    waiting.await(seen, LONG_NANOS);
                    if (waiting.version() != seen) {
                        r.r1 = (int) ELEMENT.getAcquire(this);
                    }
                }
            } catch (InterruptedException e) {
                r.r1 = -1;
            } finally {
                waiting.leave();
            }
        }
    }
}
