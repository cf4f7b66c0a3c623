package io.kvstore;

import static io.kvstore.stress.SharedStore.get;
import static io.kvstore.stress.SharedStore.newKey;
import static io.kvstore.stress.SharedStore.scan;
import static io.kvstore.stress.SharedStore.value;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.stress.MemoryDirectory;
import io.kvstore.stress.SharedStore;
import java.util.function.IntSupplier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The close of a store, against each operation: it is done, or ends with {@link KVClosedException}. */
public final class StoreClose {
    private StoreClose() {}

    /** A store of its own with one key, which has the value 1. */
    abstract static class OwnStore {
        final byte[] key = newKey();
        private final MemoryDirectory directory = new MemoryDirectory();
        final KVStore store = SharedStore.open(directory);

        OwnStore() {
            store.put(key, value(1));
        }

        /** What an operation told, or 9 if the store was closed. */
        static int unlessClosed(IntSupplier operation) {
            try {
                return operation.getAsInt();
            } catch (KVClosedException e) {
                return 9;
            }
        }

        /** The value of the key after the store was closed and opened again. */
        int reopened() {
            try (KVStore again = SharedStore.open(directory)) {
                return get(again, key);
            }
        }
    }

    @JCStressTest
    @Description(
            "A read, a scan and a size of a store that is closed meanwhile are right, or end with KVClosedException.")
    @Outcome(
            id = {"111, 1", "119, 1", "199, 1", "999, 1"},
            expect = ACCEPTABLE,
            desc = "So many of them came in time.")
    @Outcome(expect = FORBIDDEN, desc = "A wrong answer, or one after the close.")
    @State
    public static class AgainstReads extends OwnStore {
        @Actor
        public void reader(II_Result r) {
            r.r1 = 100 * unlessClosed(() -> get(store, key))
                    + 10 * unlessClosed(() -> scan(store).length())
                    + unlessClosed(() -> store.containsKey(key) ? 1 : 0);
        }

        @Actor
        public void closer() {
            store.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = reopened();
        }
    }

    @JCStressTest
    @Description("A put that a close meets is acknowledged and there after the next open, or refused and not there.")
    @Outcome(
            id = {"2, 2", "9, 1"},
            expect = ACCEPTABLE,
            desc = "In time, or too late.")
    @Outcome(expect = FORBIDDEN, desc = "Acknowledged and lost, or refused and there.")
    @State
    public static class AgainstPut extends OwnStore {
        @Actor
        public void writer(II_Result r) {
            r.r1 = unlessClosed(() -> {
                store.put(key, value(2));
                return 2;
            });
        }

        @Actor
        public void closer() {
            store.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = reopened();
        }
    }

    @JCStressTest
    @Description("A delete that a close meets is acknowledged and the key gone after the next open, or it is refused.")
    @Outcome(
            id = {"1, 0", "9, 1"},
            expect = ACCEPTABLE,
            desc = "In time, or too late.")
    @Outcome(expect = FORBIDDEN, desc = "Acknowledged and back again, or refused and gone.")
    @State
    public static class AgainstDelete extends OwnStore {
        @Actor
        public void writer(II_Result r) {
            r.r1 = unlessClosed(() -> store.delete(key) ? 1 : 0);
        }

        @Actor
        public void closer() {
            store.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = reopened();
        }
    }

    @JCStressTest
    @Description("A transaction that a close meets is committed and there after the next open, or not there.")
    @Outcome(
            id = {"2, 2", "9, 1"},
            expect = ACCEPTABLE,
            desc = "In time, or too late.")
    @Outcome(expect = FORBIDDEN, desc = "Committed and lost, or refused and there.")
    @State
    public static class AgainstTransaction extends OwnStore {
        @Actor
        public void writer(II_Result r) {
            r.r1 = unlessClosed(() -> {
                try (KVTransaction transaction = store.begin()) {
                    transaction.put(key, value(get(transaction, key) + 1));
                    transaction.commit();
                    return 2;
                }
            });
        }

        @Actor
        public void closer() {
            store.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = reopened();
        }
    }

    @JCStressTest
    @Description("A merge that a close meets ends or is stopped; nothing is lost by it.")
    @Outcome(
            id = {"0, 2", "9, 2"},
            expect = ACCEPTABLE,
            desc = "Merged, or stopped.")
    @Outcome(expect = FORBIDDEN, desc = "A failure, or a loss.")
    @State
    public static class AgainstMerge extends OwnStore {
        @Actor
        public void merger(II_Result r) {
            r.r1 = unlessClosed(() -> {
                store.merge();
                return 0;
            });
        }

        @Actor
        public void closer() {
            store.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = reopened();
        }

        public AgainstMerge() {
            store.put(key, value(2));
        }
    }
}
