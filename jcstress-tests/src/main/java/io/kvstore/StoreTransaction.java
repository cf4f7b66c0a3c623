package io.kvstore;

import static io.kvstore.stress.SharedStore.STORE;
import static io.kvstore.stress.SharedStore.get;
import static io.kvstore.stress.SharedStore.newBucket;
import static io.kvstore.stress.SharedStore.newKey;
import static io.kvstore.stress.SharedStore.scan;
import static io.kvstore.stress.SharedStore.value;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Transactions of the store against each other and against writes, while a merge moves the records about. */
public final class StoreTransaction {
    private StoreTransaction() {}

    /** Two keys with the value 1. */
    abstract static class TwoKeys {
        final byte[] key1 = newKey();
        final byte[] key2 = newKey();

        TwoKeys() {
            STORE.put(key1, value(1));
            STORE.put(key2, value(1));
        }

        final void clear() {
            STORE.delete(key1);
            STORE.delete(key2);
        }
    }

    @JCStressTest
    @Description("All reads of a transaction are of one moment, with puts and deletes around them.")
    @Outcome(
            id = {"1, 1", "2, 1", "2, 0"},
            expect = ACCEPTABLE,
            desc = "As it was before, between or after two writes.")
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "A conflict.")
    @Outcome(expect = FORBIDDEN, desc = "The second write without the first, or an old and a new read together.")
    @State
    public static class ReadsOfOneMoment extends TwoKeys {
        @Actor
        public void writer() {
            STORE.put(key1, value(2));
            STORE.delete(key2);
        }

        @Actor
        public void reader(II_Result r) {
            try (KVTransaction transaction = STORE.begin()) {
                int first = get(transaction, key1);
                int second = get(transaction, key2);
                transaction.commit();
                r.r1 = first;
                r.r2 = second;
            } catch (KVConflictException e) {
                r.r1 = -1;
                r.r2 = -1;
            }
        }

        @Arbiter
        public void after() {
            clear();
        }
    }

    @JCStressTest
    @Description("All reads of a transaction are of one moment, with a write and the drop of a bucket around them.")
    @Outcome(
            id = {"1, 1", "2, 1", "2, 0"},
            expect = ACCEPTABLE,
            desc = "As it was before, between or after the write and the drop.")
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "A conflict.")
    @Outcome(expect = FORBIDDEN, desc = "The bucket was gone, and the key as before.")
    @State
    public static class AgainstDrop extends TwoKeys {
        private final KVBucket bucket = newBucket();

        public AgainstDrop() {
            bucket.put(key2, value(1));
        }

        @Actor
        public void writer() {
            STORE.put(key1, value(2));
            STORE.dropBucket(bucket.name());
        }

        @Actor
        public void reader(II_Result r) {
            try (KVTransaction transaction = STORE.begin()) {
                int first = get(transaction, key1);
                int second = get(transaction.bucket(bucket.name()), key2);
                transaction.commit();
                r.r1 = first;
                r.r2 = second;
            } catch (KVConflictException e) {
                r.r1 = -1;
                r.r2 = -1;
            }
        }

        @Arbiter
        public void after() {
            clear();
        }
    }

    @JCStressTest
    @Description("What a scan brings is of the moment of what was read before, with two puts around them.")
    @Outcome(
            id = {"1, 1", "2, 1", "2, 2"},
            expect = ACCEPTABLE,
            desc = "As it was before, between or after two puts.")
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "A conflict.")
    @Outcome(expect = FORBIDDEN, desc = "The second put without the first, or a key that did not come.")
    @State
    public static class ScanAgainstPut extends TwoKeys {
        /** A scan copies where all keys are before it reads the first: that is to be a while ago when it reads key2. */
        private static final int OTHERS = 16;

        private final KVBucket bucket = newBucket();

        public ScanAgainstPut() {
            bucket.put(key2, value(1));
            for (int i = 0; i < OTHERS; i++) {
                bucket.put(newKey(), value(3));
            }
        }

        @Actor
        public void writer() {
            STORE.put(key1, value(2));
            bucket.put(key2, value(2));
        }

        @Actor
        public void reader(II_Result r) {
            // Until the writer has got so far: of two that meet once, few meet in the scan.
            for (int i = 0; i < 100 && (i == 0 || (r.r1 == 1 && r.r2 == 1)); i++) {
                readBoth(r);
            }
        }

        private void readBoth(II_Result r) {
            try (KVTransaction transaction = STORE.begin()) {
                int first = get(transaction, key1);
                int second = scanToKey2(transaction.bucket(bucket.name()));
                transaction.commit();
                r.r1 = first;
                r.r2 = second;
            } catch (KVConflictException e) {
                r.r1 = -1;
                r.r2 = -1;
            }
        }

        /** No further: each step looks at the mark of the bucket once more. */
        private int scanToKey2(KVBucket scanned) {
            try (KVCursor cursor = scanned.scan()) {
                while (cursor.next()) {
                    if (Arrays.equals(cursor.key(), key2)) {
                        return cursor.value()[0];
                    }
                }
                return 0;
            }
        }

        @Arbiter
        public void after() {
            clear();
            STORE.dropBucket(bucket.name());
        }
    }

    @JCStressTest
    @Description("Who has read a thousand keys looks through them without the lock, and misses no write of others.")
    @Outcome(
            id = {"1, 1", "2, 1", "2, 2"},
            expect = ACCEPTABLE,
            desc = "As it was before, between or after two puts.")
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "A conflict.")
    @Outcome(expect = FORBIDDEN, desc = "The second put without the first.")
    @State
    public static class ManyReads extends TwoKeys {
        private static final byte[][] OTHERS = new byte[1000][];

        static {
            for (int i = 0; i < OTHERS.length; i++) {
                OTHERS[i] = newKey();
                STORE.put(OTHERS[i], value(3));
            }
        }

        @Actor
        public void writer() {
            STORE.put(key1, value(2));
            STORE.put(key2, value(2));
        }

        @Actor
        public void reader(II_Result r) {
            try (KVTransaction transaction = STORE.begin()) {
                int first = get(transaction, key1);
                for (byte[] other : OTHERS) {
                    transaction.get(other);
                }
                r.r2 = get(transaction, key2);
                r.r1 = first;
            } catch (KVConflictException e) {
                r.r1 = -1;
                r.r2 = -1;
            }
        }

        @Arbiter
        public void after() {
            clear();
        }
    }

    @JCStressTest
    @Description("A transaction that has read a key commits only if nobody has written it since: no update is lost.")
    @Outcome(
            id = {"true, true, 3", "true, false, 2", "false, true, 2"},
            expect = ACCEPTABLE,
            desc = "As many as committed.")
    @Outcome(expect = FORBIDDEN, desc = "An update was lost, or none of two got through.")
    @State
    public static class TwoUpdates extends TwoKeys {
        private boolean increment() {
            try (KVTransaction transaction = STORE.begin()) {
                transaction.put(key1, value(get(transaction, key1) + 1));
                transaction.commit();
                return true;
            } catch (KVConflictException e) {
                return false;
            }
        }

        @Actor
        public void writer1(ZZI_Result r) {
            r.r1 = increment();
        }

        @Actor
        public void writer2(ZZI_Result r) {
            r.r2 = increment();
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = get(STORE, key1);
            clear();
        }
    }

    @JCStressTest
    @Description("Two transactions that each read what the other one writes: no write skew.")
    @Outcome(
            id = {"true, true, 3", "true, false, 3", "false, true, 3"},
            expect = ACCEPTABLE,
            desc = "One went first: 2 beside 1.")
    @Outcome(expect = FORBIDDEN, desc = "Both committed on what was before both, or none did.")
    @State
    public static class WriteSkew extends TwoKeys {
        /** Raises one of two keys, if none of them was raised. */
        private boolean raise(byte[] key) {
            try (KVTransaction transaction = STORE.begin()) {
                if (get(transaction, key1) + get(transaction, key2) == 2) {
                    transaction.put(key, value(2));
                }
                transaction.commit();
                return true;
            } catch (KVConflictException e) {
                return false;
            }
        }

        @Actor
        public void writer1(ZZI_Result r) {
            r.r1 = raise(key1);
        }

        @Actor
        public void writer2(ZZI_Result r) {
            r.r2 = raise(key2);
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = get(STORE, key1) + get(STORE, key2);
            clear();
        }
    }

    @JCStressTest
    @Description("Two transactions that each scan a bucket and put a key if they find one alone: no phantom.")
    @Outcome(
            id = {"true, true, 2", "true, false, 2", "false, true, 2"},
            expect = ACCEPTABLE,
            desc = "One went first: two keys.")
    @Outcome(expect = FORBIDDEN, desc = "Both committed on a scan that missed the other's key, or none did.")
    @State
    public static class Phantom {
        private final KVBucket bucket = newBucket();

        public Phantom() {
            bucket.put(newKey(), value(1));
        }

        private boolean putIfAlone() {
            try (KVTransaction transaction = STORE.begin()) {
                KVBucket own = transaction.bucket(bucket.name());
                if (scan(own).length() == 1) {
                    own.put(newKey(), value(2));
                }
                transaction.commit();
                return true;
            } catch (KVConflictException e) {
                return false;
            }
        }

        @Actor
        public void writer1(ZZI_Result r) {
            r.r1 = putIfAlone();
        }

        @Actor
        public void writer2(ZZI_Result r) {
            r.r2 = putIfAlone();
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = (int) bucket.size();
            STORE.dropBucket(bucket.name());
        }
    }

    @JCStressTest
    @Description("A transaction that depends on a key against a plain write of it: the write is never undone.")
    @Outcome(
            id = {"1, 2, 5", "1, 6, 5", "0, 1, 5"},
            expect = ACCEPTABLE,
            desc = "Before or after the write, or a conflict.")
    @Outcome(expect = FORBIDDEN, desc = "The write was undone, or what depends on it is of another moment.")
    @State
    public static class AgainstPut extends TwoKeys {
        @Actor
        public void transaction(III_Result r) {
            try (KVTransaction transaction = STORE.begin()) {
                transaction.put(key2, value(get(transaction, key1) + 1));
                transaction.commit();
                r.r1 = 1;
            } catch (KVConflictException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void writer() {
            STORE.put(key1, value(5));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = get(STORE, key2);
            r.r3 = get(STORE, key1);
            clear();
        }
    }
}
