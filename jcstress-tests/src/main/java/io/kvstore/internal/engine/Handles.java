package io.kvstore.internal.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.KVClosedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** One of several handles on a store. */
public final class Handles {
    private Handles() {}

    @JCStressTest
    @Description("Once a handle is closed nobody is inside, and nobody comes in.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Too late: refused.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "In time: the close has waited for it.")
    @Outcome(expect = FORBIDDEN, desc = "It was inside when the close had returned.")
    @State
    public static class AgainstClose {
        private final Handle handle = new Handle("raced", false);
        private int gone;

        @Actor
        public void caller(I_Result r) {
            try {
                handle.run(() -> r.r1 = gone == 0 ? 1 : 2);
            } catch (KVClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void closer() {
            handle.close();
            gone = 1;
        }
    }
}
