package io.kvstore.internal.engine;

import io.kvstore.KVConflictException;
import io.kvstore.internal.engine.Engine.Observed;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.txn.ReadSet;
import io.kvstore.internal.txn.ReadSet.Read;
import io.kvstore.internal.txn.VersionTable;
import io.kvstore.internal.txn.WriteSet;
import io.kvstore.internal.txn.WriteSet.Write;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction has read and is going to write, and the moment as of which its reads are: everything it has read
 * was so when the record {@link #start} had just been written. A read that is newer moves that moment on, if everything
 * read before still holds then, and fails otherwise (a lazy snapshot: Riegel, Felber, Fetzer, 2006). The commit looks
 * once more, under the log's lock, and then writes, so that the transaction takes effect at that moment. Shown by the
 * harnesses {@code StoreTransaction}.
 *
 * <p>Belongs to one thread at a time.
 */
final class Isolation implements ReadSet.Present {
    /** So many keys may be looked at again while writers wait: a fraction of a millisecond. */
    private static final int FEW_LOOKS = 1000;

    private final Engine engine;
    private final BatchWriter writer;
    private final VersionTable versions;
    private final Lock lock;
    private final ReadSet reads = new ReadSet();
    private final WriteSet writes = new WriteSet();
    private long start;

    /** The time at that moment: what had not expired then was there. */
    private long startMillis;

    /** How many keys were looked at again since it was set to 0. */
    private long looks;

    private boolean ended;
    private boolean failed;

    Isolation(Engine engine, BatchWriter writer, VersionTable versions) {
        this.engine = engine;
        this.writer = writer;
        this.versions = versions;
        this.lock = engine.log().lock();
        lock.lock();
        try {
            engine.requireOpen();
            versions.opened();
            start = engine.log().tail().sequence();
            startMillis = engine.nowMillis();
        } finally {
            lock.unlock();
        }
    }

    /** The value of a key, the transaction's own writes included. */
    byte @Nullable [] get(String bucket, byte[] key) {
        Hash hashed = engine.hash(key);
        Write own = writes.find(bucket, hashed);
        if (own != null) {
            return isPresent(own) ? own.record().value() : null;
        }
        Observed observed = observe(bucket, hashed, key);
        return observed.value();
    }

    private Observed observe(String name, Hash hashed, byte[] key) {
        for (; ; ) {
            BucketIndex bucket = bucketNow(name);
            Observed observed = engine.observe(bucket, hashed, key);
            if (!wasSo(bucket, hashed, observed)) {
                // Newer than the moment, or gone since then, perhaps: move the moment on and look again.
                extend();
                continue;
            }
            boolean present = observed.value() != null;
            if (!reads.addKey(name, hashed, observed.read())) {
                throw conflict(name);
            }
            if (present) {
                reads.addExpiry(observed.expiryMillis());
            }
            requireUnexpired();
            return observed;
        }
    }

    /**
     * Whether what was just looked up was so at the transaction's moment already: a record that old was, since it is
     * still the newest; an absence, if neither the key nor the bucket that had it can have gone since.
     */
    private boolean wasSo(@Nullable BucketIndex bucket, Hash hashed, Observed observed) {
        if (observed.sequence() != ReadSet.ABSENT) {
            boolean expiredSince = observed.value() == null && observed.expiryMillis() > startMillis;
            return observed.sequence() <= start && !expiredSince;
        }
        return versions.lastDrop() <= start
                && engine.catalog().expiredRemoved() <= startMillis
                && (bucket == null || versions.last(bucket.id(), hashed) <= start);
    }

    /** The bucket that has a name, which must be the one that had it before. */
    private @Nullable BucketIndex bucketNow(String name) {
        BucketIndex bucket = bucket(name);
        if (!reads.addBucket(name, bucket)) {
            throw conflict(name);
        }
        return bucket;
    }

    /** Takes the present moment for that of the transaction, if all that was read holds in it. */
    private void extend() {
        long seen = reads.size() > FEW_LOOKS ? lookAhead() : start;
        lock.lock();
        try {
            engine.requireOpen();
            requireUnchanged(seen);
            requireUnexpired();
            start = engine.log().tail().sequence();
            startMillis = engine.nowMillis();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks through what was read without the lock, so that writers are not held up by a transaction that has read
     * much, until little is left that was written meanwhile: each round takes as long as it has to look at, and the
     * next has what was written in that time.
     *
     * <p>A round that begins when {@code seen} is the last record sees all writes up to that one, as the lock orders
     * them before it. What it finds unchanged has been so until it looked, and what changes later has a mark above
     * {@code seen}, which the look under the lock sees.
     *
     * <p>Shown by the harness {@code StoreTransaction.ManyReads}.
     *
     * @return a sequence number: only what was written later has still to be looked at
     */
    private long lookAhead() {
        long seen = start;
        long before = Long.MAX_VALUE;
        for (; ; ) {
            long last = lastSequence();
            looks = 0;
            requireUnchanged(seen);
            seen = last;
            if (looks <= FEW_LOOKS || looks > before / 2) {
                return seen;
            }
            before = looks;
        }
    }

    private long lastSequence() {
        lock.lock();
        try {
            return engine.log().tail().sequence();
        } finally {
            lock.unlock();
        }
    }

    private void requireUnchanged(long seen) {
        String changed = reads.findChange(start, seen, versions, this);
        if (changed != null) {
            throw conflict(changed);
        }
    }

    private void requireUnexpired() {
        if (reads.earliestExpiry() != RecordBuffer.NO_EXPIRY && reads.earliestExpiry() <= engine.nowMillis()) {
            failed = true;
            throw new KVConflictException(
                    "a value that the transaction has read has expired meanwhile: try the transaction again");
        }
    }

    private KVConflictException conflict(String bucket) {
        failed = true;
        return new KVConflictException((bucket.isEmpty() ? "the default bucket" : "bucket \"" + bucket + "\"")
                + ": something that the transaction has read was written by others since; nothing was written: try the"
                + " transaction again");
    }

    @Override
    public @Nullable BucketIndex bucket(String name) {
        return engine.catalog().find(name);
    }

    @Override
    public boolean isStill(BucketIndex bucket, Hash key, Read read) {
        looks++;
        return engine.isStill(bucket, key, read);
    }

    void put(String bucket, byte[] key, byte[] value, long expiryMillis) {
        writes.add(bucket, Write.put(engine.hash(key), key, value, expiryMillis));
    }

    void delete(String bucket, byte[] key) {
        writes.add(bucket, Write.delete(engine.hash(key), key));
    }

    /** Whether a key has a value after one of the transaction's own writes. */
    boolean isPresent(Write own) {
        return own.isPut() && own.record().expiryMillis() > engine.nowMillis();
    }

    /**
     * Begins to read a bucket as a whole: from here on every write of others to it is a conflict.
     *
     * @return the bucket, or null if there is none
     */
    @Nullable
    BucketIndex readWhole(String name) {
        BucketIndex bucket = bucketNow(name);
        if (versions.lastDrop() > start || (bucket != null && bucket.lastChange() > start)) {
            extend();
        }
        reads.addWhole(name);
        requireWhole(name, bucket);
        return bucket;
    }

    /**
     * Makes sure that what was just read of a whole bucket is as of the transaction's moment, which moves on if
     * something was passed over that had not expired then.
     *
     * @param latestExpired when the last of what was passed over has expired
     */
    void requireWhole(String name, @Nullable BucketIndex bucket, long latestExpired) {
        if (Math.max(latestExpired, engine.catalog().expiredRemoved()) > startMillis) {
            extend();
        }
        requireWhole(name, bucket);
    }

    private void requireWhole(String name, @Nullable BucketIndex bucket) {
        if (bucket(name) != bucket || (bucket != null && bucket.lastChange() > start)) {
            throw conflict(name);
        }
        requireUnexpired();
    }

    /** Notes that a value was read in a scan that expires. */
    void addExpiry(long millis) {
        reads.addExpiry(millis);
    }

    /** The transaction's own writes to a bucket. */
    List<Write> ownWrites(String bucket) {
        return writes.writes(bucket);
    }

    /** The number of keys of a bucket, those that have expired included. */
    long size(String name) {
        BucketIndex bucket = readWhole(name);
        if (bucket == null) {
            return ownChange(name);
        }
        for (; ; ) {
            long size = engine.size(bucket);
            long change = ownChange(name);
            requireWhole(name, bucket);
            // Others write nothing to it, but a merge may have removed a key meanwhile that has expired.
            if (engine.size(bucket) == size) {
                return size + change;
            }
        }
    }

    /** By how many keys the transaction's own writes change a bucket. */
    private long ownChange(String name) {
        long change = 0;
        for (Write write : writes.writes(name)) {
            boolean present = observe(name, write.hash(), write.record().key()).sequence() != ReadSet.ABSENT;
            if (present != write.isPut()) {
                change += present ? -1 : 1;
            }
        }
        return change;
    }

    boolean hasWrites() {
        return writes.size() > 0;
    }

    void commit() {
        requireActive();
        if (hasWrites()) {
            if (reads.size() > FEW_LOOKS) {
                extend();
            }
            writer.commit(writes, this::requireCommittable);
        }
        close();
    }

    private void requireCommittable() {
        requireUnchanged(start);
        requireUnexpired();
    }

    void close() {
        if (!ended) {
            ended = true;
            writes.clear();
            lock.lock();
            try {
                versions.closed();
            } finally {
                lock.unlock();
            }
        }
    }

    void requireActive() {
        if (ended) {
            throw new IllegalStateException("the transaction has ended: begin() starts a new one");
        }
        if (failed) {
            throw new KVConflictException(
                    "the transaction has met a conflict before; nothing was written: try the transaction again");
        }
    }

    boolean hasEnded() {
        return ended;
    }
}
