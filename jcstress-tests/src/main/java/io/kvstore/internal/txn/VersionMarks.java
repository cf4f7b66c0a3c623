package io.kvstore.internal.txn;

import static io.kvstore.internal.index.Keys.location;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Keys;
import io.kvstore.internal.index.ShardedIndex;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What transactions are told of writes by others. */
public final class VersionMarks {
    private VersionMarks() {}

    @JCStressTest
    @Description("Whoever sees a write in the index sees its mark, also where another transaction is begun meanwhile.")
    @Outcome(
            id = {"0, 0", "0, 1", "3, 1"},
            expect = ACCEPTABLE,
            desc = "Not written yet, or written and marked.")
    @Outcome(expect = FORBIDDEN, desc = "Written and not marked: a transaction would not notice.")
    @State
    public static class SeenIsMarked {
        /** Too large for one a state; each of them uses a stripe of its own. */
        private static final VersionTable VERSIONS = new VersionTable();

        static {
            VERSIONS.opened();
        }

        private static final AtomicLong LAST = new AtomicLong();

        private final ShardedIndex index = new ShardedIndex();
        private final long sequence = LAST.incrementAndGet();
        private final Hash key = new Hash(sequence, sequence << 20);

        @Actor
        public void writer() {
            VERSIONS.mark(0, key, sequence);
            VERSIONS.opened();
            index.put(key, location(3));
            VERSIONS.closed();
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = Keys.look(index, key);
            r.r2 = VERSIONS.last(0, key) >= sequence ? 1 : 0;
        }
    }
}
