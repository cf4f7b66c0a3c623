package io.kvstore.stress;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.engine.FileStore;
import io.kvstore.internal.merge.MergePoint;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The store of all states of one process: the real one, in memory, with small segments. A thread of it merges all the
 * time, and ends with the process.
 */
public final class SharedStore {
    private static final KVOptions OPTIONS =
            KVOptions.builder().segmentSize(16 << 10).autoMerge(false).build();
    private static final long PAUSE_NANOS = 20_000;

    /** The store. */
    public static final KVStore STORE = FileStore.open(new MemoryDirectory(), OPTIONS);

    private static final AtomicLong LAST = new AtomicLong();

    /** What has ended the merges: without them all harnesses would pass, and show less than they say. */
    private static volatile @Nullable Throwable failure;

    static {
        Thread merger = new Thread(SharedStore::mergeForEver, "merge for ever");
        merger.setDaemon(true);
        merger.start();
    }

    private SharedStore() {}

    private static void mergeForEver() {
        try {
            for (; ; ) {
                STORE.merge();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private static void requireMerging() {
        Throwable ended = failure;
        if (ended != null) {
            throw new AssertionError("a merge of the store of all states has failed", ended);
        }
    }

    /**
     * A store of its own, in memory, that is cheap to open and to close.
     *
     * @param directory empty, or one of before
     * @return the store
     */
    public static KVStore open(MemoryDirectory directory) {
        return FileStore.open(directory, OPTIONS);
    }

    /**
     * A store of its own, in memory, whose time is in the caller's hand.
     *
     * @param clock tells milliseconds since 1970 UTC
     * @return the store
     */
    public static KVStore open(LongSupplier clock) {
        return FileStore.open(new MemoryDirectory(), OPTIONS, clock, MergePoint.Hook.NONE);
    }

    /**
     * A key that no other state has.
     *
     * @return eight bytes
     */
    public static byte[] newKey() {
        requireMerging();
        long number = LAST.incrementAndGet();
        byte[] key = new byte[8];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (number >>> (8 * i));
        }
        return key;
    }

    /**
     * A bucket that no other state has.
     *
     * @return empty
     */
    public static KVBucket newBucket() {
        requireMerging();
        return STORE.bucket("b" + LAST.incrementAndGet());
    }

    /**
     * A value.
     *
     * @param number a digit
     * @return one byte
     */
    public static byte[] value(int number) {
        return new byte[] {(byte) number};
    }

    /**
     * The number that a key has.
     *
     * @param bucket where to look
     * @param key to look for
     * @return 0 if it is absent
     */
    public static int get(KVBucket bucket, byte[] key) {
        requireMerging();
        byte[] value = bucket.get(key);
        return value == null ? 0 : value[0];
    }

    /**
     * Scans a bucket.
     *
     * @param bucket with numbers as values
     * @return their digits, in ascending order
     */
    public static String scan(KVBucket bucket) {
        requireMerging();
        int[] counts = new int[10];
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                counts[cursor.value()[0]]++;
            }
        }
        StringBuilder digits = new StringBuilder();
        for (int digit = 0; digit < counts.length; digit++) {
            digits.append(String.valueOf(digit).repeat(counts[digit]));
        }
        return digits.toString();
    }
}
