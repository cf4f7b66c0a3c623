package io.kvstore.internal.engine;

import io.kvstore.KVClosedException;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.ReaderPins.Pin;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.txn.BatchGate;
import io.kvstore.internal.txn.ReadSet;
import io.kvstore.internal.txn.ReadSet.Read;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that read, on index and log, and whether the store is open. Limits of keys were checked by the caller.
 *
 * <p>Writers take the log's lock for: append, index. Readers hold a pin for: index, read. So {@link #shutOut}, which
 * sets {@link #closed} under the lock and then drains the pins, leaves nobody inside. Shown by the harnesses
 * {@code StoreClose}.
 */
final class Engine {
    private final Path path;
    private final Log log;
    private final BucketCatalog catalog;
    private final Lock lock;
    private final ReaderPins pins;
    private final ExpiryClock clock;
    private final MergeContext context;
    private final BatchGate gate = new BatchGate();

    /** Written under the lock. */
    private boolean closed;

    Engine(Path path, MergeContext context) {
        this.path = path;
        this.context = context;
        this.log = context.log();
        this.catalog = context.catalog();
        this.pins = context.pins();
        this.clock = context.clock();
        this.lock = log.lock();
    }

    Path path() {
        return path;
    }

    BucketCatalog catalog() {
        return catalog;
    }

    Log log() {
        return log;
    }

    BatchGate gate() {
        return gate;
    }

    /** Held while a bucket is dropped and its records are counted as garbage; taken before the log's lock. */
    Lock drops() {
        return context.drops();
    }

    Hash hash(byte[] key) {
        return context.hash().hash(key);
    }

    long nowMillis() {
        return clock.nowMillis();
    }

    byte @Nullable [] get(@Nullable BucketIndex bucket, byte[] key) {
        try (Pin pin = enter()) {
            RecordBuffer record = pin.record();
            if (bucket != null && isThere(bucket) && find(bucket, hash(key), key, record)) {
                pin.countHit();
                return record.value();
            }
            pin.countMiss();
            return null;
        }
    }

    boolean contains(@Nullable BucketIndex bucket, byte[] key) {
        try (Pin pin = enter()) {
            boolean present = bucket != null && isThere(bucket) && isPresent(bucket, hash(key), pin.record());
            if (present) {
                pin.countHit();
            } else {
                pin.countMiss();
            }
            return present;
        }
    }

    /**
     * Whether a bucket can be read, asked with a pin held: the merge does not care for the records of one that was
     * dropped before.
     */
    private static boolean isThere(BucketIndex bucket) {
        return !bucket.isDropped();
    }

    /**
     * Whether a key is present; with a pin or the lock held. Its record is read only if it expires, or a batch was on
     * its way.
     */
    boolean isPresent(BucketIndex bucket, Hash hashed, RecordBuffer record) {
        long before = gate.version();
        long location = bucket.index().get(hashed);
        if (location == Location.NONE) {
            return false;
        }
        if (!Location.expires(location) && !gate.mayHavePassed(before)) {
            return true;
        }
        return latestPut(bucket, hashed, record);
    }

    /** Reads the record of a key; false if the key is absent. With a pin or the lock held. */
    boolean find(BucketIndex bucket, Hash hashed, byte[] key, RecordBuffer record) {
        return latestPut(bucket, hashed, record) && record.hasKey(key);
    }

    /** As {@link #latest}; false also if the record is none of a put, or has expired. */
    private boolean latestPut(BucketIndex bucket, Hash hashed, RecordBuffer record) {
        return latest(bucket, hashed, record) && record.isPut() && !record.isExpired(clock);
    }

    /**
     * Reads the record that the index has for a key, which may be a tombstone for a moment, or have expired; with a pin
     * or the lock held.
     *
     * @return false if there is none
     */
    boolean latest(BucketIndex bucket, Hash hashed, RecordBuffer record) {
        do {
            long location = bucket.index().get(hashed);
            if (location == Location.NONE) {
                return false;
            }
            log.read(Location.slot(location), Location.offset(location), Location.sizeBound(location), record);
            // Of a batch that was on its way: once it is there, what counts is what the index says then.
        } while (gate.await(record.sequence()));
        return true;
    }

    /**
     * Reads an entry of a part for a cursor, which holds neither pin nor lock: where it is now, since a merge may have
     * moved it, and since whoever has seen a write must not be shown what was before.
     *
     * @return false if the key is gone meanwhile; one that has expired may still be there
     */
    boolean read(BucketIndex bucket, Hash key, RecordBuffer record) {
        Pin pin = enter();
        try {
            return isThere(bucket) && latest(bucket, key, record) && record.isPut();
        } finally {
            pin.close();
        }
    }

    /** Whether a record has expired. */
    boolean isExpired(RecordBuffer record) {
        return record.isExpired(clock);
    }

    /**
     * Brings the records of some entries of a part, where they are now, into the processor's caches.
     *
     * @return what was read; to be stored somewhere, or the compiler drops the reads
     */
    long fetch(BucketIndex bucket, Part part, int from, int to) {
        Pin pin = enter();
        try {
            long[] locations = new long[to - from];
            for (int i = from; i < to && isThere(bucket); i++) {
                locations[i - from] = bucket.index().get(part.hash(i));
            }
            // In a loop of its own, which is short enough for the processor to be in several rounds of it at once.
            long sum = 0;
            for (long location : locations) {
                if (location != Location.NONE) {
                    sum += log.fetch(Location.slot(location), Location.offset(location), Location.sizeBound(location));
                }
            }
            return sum;
        } finally {
            pin.close();
        }
    }

    /**
     * What a transaction is told of a key.
     *
     * @param sequence number of its record; {@link ReadSet#ABSENT} if there is none
     * @param place where that was, or an older one; {@link ReadSet#NOWHERE} if there was none
     * @param expiryMillis when it expires, or {@link RecordBuffer#NO_EXPIRY}
     * @param value null if the key is absent
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, and never compared
    record Observed(long sequence, long place, long expiryMillis, byte @Nullable [] value) {
        private static final Observed NOTHING =
                new Observed(ReadSet.ABSENT, ReadSet.NOWHERE, RecordBuffer.NO_EXPIRY, null);

        /** The same for the set of what was read. */
        Read read() {
            return new Read(value == null ? ReadSet.ABSENT : sequence, place);
        }
    }

    /** Reads a key for a transaction. */
    Observed observe(@Nullable BucketIndex bucket, Hash hashed, byte[] key) {
        try (Pin pin = enter()) {
            RecordBuffer record = pin.record();
            if (bucket == null || !isThere(bucket)) {
                pin.countMiss();
                return Observed.NOTHING;
            }
            // Asked before the record is read: afterwards there may be the place of one that was not.
            long place = place(bucket, hashed);
            if (!latest(bucket, hashed, record)) {
                pin.countMiss();
                return Observed.NOTHING;
            }
            boolean present = record.isPut() && record.hasKey(key) && !record.isExpired(clock);
            if (present) {
                pin.countHit();
            } else {
                pin.countMiss();
            }
            return new Observed(record.sequence(), place, record.expiryMillis(), present ? record.value() : null);
        }
    }

    /** Where the record of a key is; with a pin held. */
    private long place(BucketIndex bucket, Hash hashed) {
        long location = bucket.index().get(hashed);
        return location == Location.NONE
                ? ReadSet.NOWHERE
                : log.place(Location.slot(location), Location.offset(location));
    }

    /**
     * Whether a key is still as a transaction has read it. The record is read only if it is elsewhere: it was
     * overwritten, or a merge has moved it.
     */
    boolean isStill(BucketIndex bucket, Hash hashed, Read read) {
        try (Pin pin = enter()) {
            if (!isThere(bucket)) {
                return false;
            }
            if (place(bucket, hashed) == read.place()) {
                return true;
            }
            RecordBuffer record = pin.record();
            boolean present = latestPut(bucket, hashed, record);
            return read.sequence() == (present ? record.sequence() : ReadSet.ABSENT);
        }
    }

    /** The number of keys. */
    long size(BucketIndex bucket) {
        return betweenBatches(() -> bucket.index().size());
    }

    /** The names of the buckets that exist. */
    Set<String> bucketNames() {
        return betweenBatches(catalog::names);
    }

    /** Looks at something of which a batch changes more than one part; takes the lock only if one was on its way. */
    private <T> T betweenBatches(Supplier<T> look) {
        long before = gate.version();
        T seen = look.get();
        if (!gate.mayHavePassed(before)) {
            return seen;
        }
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    private Pin enter() {
        Pin pin = pins.enter();
        if (pin == null) {
            throw closed();
        }
        return pin;
    }

    /** Copies one part of a bucket at one moment, for a cursor. */
    Part part(BucketIndex bucket, long start) {
        lock.lock();
        try {
            requireOpen();
            return bucket.index().part(start);
        } finally {
            lock.unlock();
        }
    }

    void requireOpenNow() {
        enter().close();
    }

    void sync() {
        requireOpenNow();
        log.awaitSynced(log.position());
    }

    /** Lets nobody in any more, and returns when the last one has left. */
    void shutOut() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        pins.closeAndDrain();
    }

    /** With the lock held. */
    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    private KVClosedException closed() {
        return new KVClosedException("store " + path + " is closed: open it again", null);
    }

    long hits() {
        return pins.hits();
    }

    long misses() {
        return pins.misses();
    }
}
