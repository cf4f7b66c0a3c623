package io.kvstore.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.format.RecordLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The buffers that writers share. */
public final class RecordBuffers {
    private static final byte[] KEY = {1};

    private RecordBuffers() {}

    @JCStressTest
    @Description("A buffer has one holder: what a writer has encoded stays as it is until it gives the buffer back.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Each finds what it has encoded.")
    @Outcome(expect = FORBIDDEN, desc = "Two had one buffer.")
    @State
    public static class Alone {
        /** One place, for which all threads compete. */
        private final RecordBufferPool pool = new RecordBufferPool(1);

        public Alone() {
            pool.give(new RecordBuffer());
        }

        private int encode(int value) {
            RecordBuffer record = pool.take().encode(RecordLayout.KIND_PUT, KEY, new byte[] {(byte) value});
            int seen = record.value()[0];
            for (int i = 0; i < 10 && seen == value; i++) {
                seen = record.value()[0];
            }
            pool.give(record);
            return seen;
        }

        @Actor
        public void writer1(II_Result r) {
            r.r1 = encode(1);
        }

        @Actor
        public void writer2(II_Result r) {
            r.r2 = encode(2);
        }
    }
}
