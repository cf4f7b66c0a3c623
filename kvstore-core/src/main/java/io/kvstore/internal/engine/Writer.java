package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.LogTail;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.RecordBufferPool;
import io.kvstore.internal.txn.VersionTable;
import java.util.concurrent.locks.Lock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that write, one at a time under the log's lock: look, append, point the index at what was appended; then,
 * without the lock, wait for the disk where the options say so. Limits of keys and values were checked by the caller.
 */
final class Writer {
    private static final byte[] NO_VALUE = {};

    private final Engine engine;
    private final Log log;
    private final LogTail tail;
    private final BucketCatalog catalog;
    private final boolean syncWrites;
    private final boolean readOnly;
    private final Lock lock;
    private final VersionTable versions = new VersionTable();
    private final RecordBufferPool buffers = new RecordBufferPool();

    /** Made ahead: where a drop needs it, memory may have run out. */
    private final LongConsumer discard = this::discard;

    /** Counters, written under the lock. */
    private long puts;

    private long deletes;

    Writer(Engine engine, KVOptions options) {
        this.engine = engine;
        this.log = engine.log();
        this.tail = log.tail();
        this.catalog = engine.catalog();
        this.syncWrites = options.durability() == Durability.SYNC;
        this.readOnly = options.readOnly();
        this.lock = log.lock();
    }

    /** Refuses what would change a store that was opened read-only. */
    void requireWritable() {
        if (readOnly) {
            engine.requireOpenNow();
            throw new KVException(
                    KVErrorCode.READ_ONLY,
                    "store " + engine.path() + " was opened read-only: open it without the option readOnly to write");
        }
    }

    /** Whether writes are taken: after a failure of log or index they are not. */
    boolean isWritable() {
        return !readOnly && log.isHealthy();
    }

    /** When keys were written, for transactions. */
    VersionTable versions() {
        return versions;
    }

    void put(Bucket bucket, byte[] key, byte[] value, long expiryMillis) {
        write(bucket, key, value, expiryMillis, null, false);
    }

    boolean putIfAbsent(Bucket bucket, byte[] key, byte[] value) {
        return write(bucket, key, value, RecordBuffer.NO_EXPIRY, null, true);
    }

    boolean replace(Bucket bucket, byte[] key, byte[] expected, byte[] value) {
        return write(bucket, key, value, RecordBuffer.NO_EXPIRY, expected, false);
    }

    /** Puts, on the condition that the key is absent, or has a value, if one is expected. */
    private boolean write(
            Bucket handle,
            byte[] key,
            byte[] value,
            long expiryMillis,
            byte @Nullable [] expected,
            boolean onlyIfAbsent) {
        requireWritable();
        Hash hashed = engine.hash(key);
        RecordBuffer record = buffers.take().encode(RecordLayout.KIND_PUT, key, value, expiryMillis);
        long position;
        long pause;
        lock.lock();
        try {
            engine.requireOpen();
            BucketIndex bucket = handle.current();
            if (onlyIfAbsent && bucket != null && isPresentNow(bucket, hashed)) {
                return false;
            }
            if (expected != null && !hasValue(bucket, hashed, key, expected)) {
                return false;
            }
            if (bucket == null) {
                bucket = declare(handle.name(), record.size());
            } else {
                tail.reserve(record);
            }
            bucket.index().prepare(hashed);
            append(bucket, hashed, record, expiryMillis != RecordBuffer.NO_EXPIRY);
            pause = log.charge(record.size());
            position = log.position();
        } finally {
            lock.unlock();
            buffers.give(record);
        }
        log.slowDown(pause);
        awaitDurability(position);
        return true;
    }

    /** Appends a put and points the index at it; under the lock, with all room made. */
    private void append(BucketIndex bucket, Hash hashed, RecordBuffer record, boolean expires) {
        boolean done = false;
        try {
            long address = tail.append(record, bucket.id());
            int sizeClass = SizeClass.of(record.size());
            markChange(bucket, hashed);
            discard(bucket.index().put(hashed, location(address, sizeClass, expires)));
            log.addLive(Log.slot(address), SizeClass.bound(sizeClass));
            bucket.markWritten();
            puts++;
            done = true;
        } finally {
            tail.poisonUnless(done);
        }
    }

    /** Appends a tombstone and takes the key out of the index; under the lock, with all room made. */
    private void appendTombstone(BucketIndex bucket, Hash hashed, RecordBuffer record) {
        boolean done = false;
        try {
            tail.append(record, bucket.id());
            markChange(bucket, hashed);
            discard(bucket.index().remove(hashed));
            deletes++;
            done = true;
        } finally {
            tail.poisonUnless(done);
        }
    }

    static long location(long address, int sizeClass, boolean expires) {
        return Location.of(Log.slot(address), Log.offset(address), sizeClass, expires);
    }

    /** Tells open transactions of a write, before the index is changed. */
    void markChange(BucketIndex bucket, Hash hashed) {
        if (versions.isWatched()) {
            versions.mark(bucket.id(), hashed, tail.sequence());
            bucket.markChanged(tail.sequence());
        }
    }

    boolean delete(Bucket handle, byte[] key, byte @Nullable [] expected) {
        requireWritable();
        Hash hashed = engine.hash(key);
        RecordBuffer record = buffers.take().encode(RecordLayout.KIND_TOMBSTONE, key, NO_VALUE);
        long position;
        long pause;
        lock.lock();
        try {
            engine.requireOpen();
            BucketIndex bucket = handle.current();
            if (bucket == null || !isPresentNow(bucket, hashed)) {
                return false;
            }
            if (expected != null && !hasValue(bucket, hashed, key, expected)) {
                return false;
            }
            tail.reserve(record.size());
            bucket.index().prepare(hashed);
            appendTombstone(bucket, hashed, record);
            pause = log.charge(record.size());
            position = log.position();
        } finally {
            lock.unlock();
            buffers.give(record);
        }
        log.slowDown(pause);
        awaitDurability(position);
        return true;
    }

    /** As {@link Engine#isPresent}, under the lock. */
    boolean isPresentNow(BucketIndex bucket, Hash hashed) {
        RecordBuffer present = buffers.take();
        try {
            return engine.isPresent(bucket, hashed, present);
        } finally {
            buffers.give(present);
        }
    }

    /** Compares the present value with an expected one, under the lock. */
    private boolean hasValue(@Nullable BucketIndex bucket, Hash hashed, byte[] key, byte[] expected) {
        if (bucket == null) {
            return false;
        }
        RecordBuffer present = buffers.take();
        try {
            return engine.find(bucket, hashed, key, present) && present.hasValue(expected);
        } finally {
            buffers.give(present);
        }
    }

    /**
     * Makes a bucket, and room for its first record behind its declaration. If the first record does not reach the
     * disk, recovery finds a bucket that nobody has heard of, and keeps its name for the next time.
     */
    private BucketIndex declare(String name, int firstRecordSize) {
        int id = catalog.nextId();
        byte[] encoded = BucketNames.encodeChecked(name);
        RecordBuffer declaration = new RecordBuffer().encode(RecordLayout.KIND_BUCKET, encoded, NO_VALUE);
        tail.reserve((long) declaration.size() + firstRecordSize);
        boolean done = false;
        try {
            tail.append(declaration, id);
            BucketIndex bucket = catalog.declare(id, name);
            done = true;
            return bucket;
        } finally {
            tail.poisonUnless(done);
        }
    }

    boolean dropBucket(String name) {
        requireWritable();
        byte[] encoded = BucketNames.encodeChecked(name);
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_BUCKET_DROP, encoded, NO_VALUE);
        long position;
        engine.drops().lock();
        try {
            BucketIndex bucket;
            lock.lock();
            try {
                engine.requireOpen();
                bucket = catalog.find(name);
                if (bucket == null || !bucket.exists()) {
                    return false;
                }
                tail.reserve(record.size());
                appendDrop(bucket, record);
                position = log.position();
            } finally {
                lock.unlock();
            }
            discardAll(bucket);
        } finally {
            engine.drops().unlock();
        }
        awaitDurability(position);
        return true;
    }

    private void appendDrop(BucketIndex bucket, RecordBuffer record) {
        boolean done = false;
        try {
            tail.append(record, bucket.id());
            versions.markDrop(tail.sequence());
            catalog.drop(bucket);
            done = true;
        } finally {
            tail.poisonUnless(done);
        }
    }

    /**
     * Counts the records of a dropped bucket as garbage, table by table, so that writers get in between. To its end,
     * also if the store is closed meanwhile: a merge that waits for it relies on the count.
     */
    private void discardAll(BucketIndex bucket) {
        long start = 0;
        do {
            lock.lock();
            try {
                start = bucket.index().visit(start, discard);
            } finally {
                lock.unlock();
            }
        } while (start != 0);
    }

    /** Counts a record as garbage; under the lock. */
    void discard(long location) {
        if (location != Location.NONE) {
            log.removeLive(Location.slot(location), Location.sizeBound(location));
        }
    }

    /**
     * Waits for the disk where the options say so. Neither lock nor pin is held: the last sync of a close serves it.
     */
    void awaitDurability(long position) {
        if (syncWrites) {
            log.awaitSynced(position);
        }
    }

    /** Counts the writes of a batch; with the lock held. */
    void count(int newPuts, int newDeletes) {
        puts += newPuts;
        deletes += newDeletes;
    }

    /** Counters of the verbs. */
    record Counters(long puts, long deletes) {}

    Counters counters() {
        lock.lock();
        try {
            return new Counters(puts, deletes);
        } finally {
            lock.unlock();
        }
    }
}
