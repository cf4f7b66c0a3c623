package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVClosedException;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.ReaderPins.Pin;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.RecordBufferPool;
import io.kvstore.internal.merge.MergeContext;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of the store on log and index. Limits of keys and values were checked by the caller.
 *
 * <p>Writers take the log's lock for: append, index. Readers hold a pin for: index, read. So {@link #shutOut}, which
 * sets {@link #closed} under the lock and then drains the pins, leaves nobody inside.
 */
final class Engine {
    private static final byte[] NO_VALUE = {};

    private final Path path;
    private final Log log;
    private final BucketCatalog catalog;
    private final KeyHash hash;
    private final boolean syncWrites;
    private final Lock lock;
    private final ReaderPins pins;
    private final ExpiryClock clock;

    /** Held while a bucket is dropped and its records are counted as garbage; taken before the log's lock. */
    private final Lock drops;

    private final RecordBufferPool buffers = new RecordBufferPool();

    /** Written under the lock. */
    private boolean closed;

    /** Counters, written under the lock. */
    private long puts;

    private long deletes;

    Engine(Path path, MergeContext parts, Durability durability) {
        this.path = path;
        this.log = parts.log();
        this.catalog = parts.catalog();
        this.hash = parts.hash();
        this.pins = parts.pins();
        this.clock = parts.clock();
        this.drops = parts.drops();
        this.syncWrites = durability == Durability.SYNC;
        this.lock = log.lock();
    }

    byte @Nullable [] get(@Nullable BucketIndex bucket, byte[] key) {
        try (Pin pin = enter()) {
            RecordBuffer record = pin.record();
            if (bucket != null && isThere(bucket) && find(bucket, hash.hash(key), key, record)) {
                pin.countHit();
                return record.value();
            }
            pin.countMiss();
            return null;
        }
    }

    boolean contains(@Nullable BucketIndex bucket, byte[] key) {
        try (Pin pin = enter()) {
            boolean present = bucket != null && isThere(bucket) && isPresent(bucket, hash.hash(key), pin.record());
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

    /** Whether a key is present, which only for one that expires needs a look at its record. */
    private boolean isPresent(BucketIndex bucket, Hash hashed, RecordBuffer record) {
        long location = bucket.index().get(hashed);
        if (location == Location.NONE || !Location.expires(location)) {
            return location != Location.NONE;
        }
        read(location, record);
        return !record.isExpired(clock);
    }

    /** As {@link #isPresent}, under the lock. */
    private boolean isPresentNow(BucketIndex bucket, Hash hashed) {
        RecordBuffer present = buffers.take();
        try {
            return isPresent(bucket, hashed, present);
        } finally {
            buffers.give(present);
        }
    }

    /** Reads the record of a key; false if the key is absent. With a pin or the lock held. */
    private boolean find(BucketIndex bucket, Hash hashed, byte[] key, RecordBuffer record) {
        long location = bucket.index().get(hashed);
        if (location == Location.NONE) {
            return false;
        }
        read(location, record);
        return record.hasKey(key) && !record.isExpired(clock);
    }

    private void read(long location, RecordBuffer record) {
        log.read(Location.slot(location), Location.offset(location), Location.sizeBound(location), record);
    }

    /**
     * Reads an entry of a part for a cursor, which holds neither pin nor lock.
     *
     * @return false if the key is gone meanwhile
     */
    boolean read(BucketIndex bucket, CopiedPart part, int i, RecordBuffer record) {
        try (Pin pin = enter()) {
            // A drain since then may have taken away what the location names: the index knows the record's new place.
            long location = pin.epoch() == part.epoch()
                    ? part.part().location(i)
                    : bucket.index().get(part.part().hash(i));
            if (bucket.isDropped() || location == Location.NONE) {
                return false;
            }
            read(location, record);
            return !record.isExpired(clock);
        }
    }

    private Pin enter() {
        Pin pin = pins.enter();
        if (pin == null) {
            throw closed();
        }
        return pin;
    }

    boolean put(Bucket bucket, byte[] key, byte[] value) {
        return write(bucket, key, value, RecordBuffer.NO_EXPIRY, null, false);
    }

    /** Puts a value that counts for some milliseconds. */
    boolean put(Bucket bucket, byte[] key, byte[] value, long millis) {
        long now = clock.nowMillis();
        long expiry = millis >= RecordBuffer.NO_EXPIRY - now ? RecordBuffer.NO_EXPIRY : now + millis;
        return write(bucket, key, value, expiry, null, false);
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
        Hash hashed = hash.hash(key);
        RecordBuffer record = buffers.take().encode(RecordLayout.KIND_PUT, key, value, expiryMillis);
        long position;
        long pause;
        lock.lock();
        try {
            requireOpen();
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
                log.reserve(record.size());
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
            long address = log.append(record, bucket.id());
            int sizeClass = SizeClass.of(record.size());
            long location = Location.of(Log.slot(address), Log.offset(address), sizeClass, expires);
            discard(bucket.index().put(hashed, location));
            log.addLive(Location.slot(location), SizeClass.bound(sizeClass));
            bucket.markWritten();
            puts++;
            done = true;
        } finally {
            poisonUnless(done);
        }
    }

    boolean delete(Bucket handle, byte[] key, byte @Nullable [] expected) {
        Hash hashed = hash.hash(key);
        RecordBuffer record = buffers.take().encode(RecordLayout.KIND_TOMBSTONE, key, NO_VALUE);
        long position;
        long pause;
        lock.lock();
        try {
            requireOpen();
            BucketIndex bucket = handle.current();
            if (bucket == null || !isPresentNow(bucket, hashed)) {
                return false;
            }
            if (expected != null && !hasValue(bucket, hashed, key, expected)) {
                return false;
            }
            log.reserve(record.size());
            bucket.index().prepare(hashed);
            log.append(record, bucket.id());
            discard(bucket.index().remove(hashed));
            deletes++;
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

    /** Compares the present value with an expected one, under the lock. */
    private boolean hasValue(@Nullable BucketIndex bucket, Hash hashed, byte[] key, byte[] expected) {
        if (bucket == null) {
            return false;
        }
        RecordBuffer present = buffers.take();
        try {
            return find(bucket, hashed, key, present) && present.hasValue(expected);
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
        byte[] encoded = Objects.requireNonNull(BucketNames.encode(name), "a name that was checked");
        RecordBuffer declaration = new RecordBuffer().encode(RecordLayout.KIND_BUCKET, encoded, NO_VALUE);
        log.reserve((long) declaration.size() + firstRecordSize);
        boolean done = false;
        try {
            log.append(declaration, id);
            BucketIndex bucket = catalog.declare(id, name);
            done = true;
            return bucket;
        } finally {
            poisonUnless(done);
        }
    }

    /**
     * What was cut off between log and index, say because memory ran out, leaves the two at odds. The store then
     * refuses writes until it is opened again.
     */
    private void poisonUnless(boolean done) {
        if (!done) {
            log.poison(new IllegalStateException("a write was cut off between log and index"));
        }
    }

    boolean dropBucket(String name) {
        byte[] encoded = Objects.requireNonNull(BucketNames.encode(name), "a name that was checked");
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_BUCKET_DROP, encoded, NO_VALUE);
        long position;
        drops.lock();
        try {
            BucketIndex bucket;
            lock.lock();
            try {
                requireOpen();
                bucket = catalog.find(name);
                if (bucket == null || !bucket.exists()) {
                    return false;
                }
                log.reserve(record.size());
                log.append(record, bucket.id());
                catalog.drop(bucket);
                position = log.position();
            } finally {
                lock.unlock();
            }
            discardAll(bucket);
        } finally {
            drops.unlock();
        }
        awaitDurability(position);
        return true;
    }

    /** Counts the records of a dropped bucket as garbage, table by table, so that writers get in between. */
    private void discardAll(BucketIndex bucket) {
        long start = 0;
        do {
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                Part part = bucket.index().part(start);
                for (int i = 0; i < part.size(); i++) {
                    discard(part.location(i));
                }
                start = part.next();
            } finally {
                lock.unlock();
            }
        } while (start != 0);
    }

    /** Counts a record as garbage; under the lock. */
    private void discard(long location) {
        if (location != Location.NONE) {
            log.removeLive(Location.slot(location), Location.sizeBound(location));
        }
    }

    /**
     * A part of an index, and when it was copied.
     *
     * @param part the copy
     * @param epoch of the pins at that moment
     */
    record CopiedPart(Part part, long epoch) {}

    /**
     * Copies one part of a bucket at one moment, for a cursor. A merge that takes away what is in the copy drains the
     * pins after that, so that the epoch tells of it.
     */
    CopiedPart part(BucketIndex bucket, long start) {
        lock.lock();
        try {
            requireOpen();
            long epoch = pins.epoch();
            return new CopiedPart(bucket.index().part(start), epoch);
        } finally {
            lock.unlock();
        }
    }

    BucketCatalog catalog() {
        return catalog;
    }

    void requireOpenNow() {
        enter().close();
    }

    /**
     * Waits for the disk where the options say so. Neither lock nor pin is held: the last sync of a close serves it.
     */
    private void awaitDurability(long position) {
        if (syncWrites) {
            log.awaitSynced(position);
        }
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

    private void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    private KVClosedException closed() {
        return new KVClosedException("store " + path + " is closed: open it again", null);
    }

    /** Counters of the verbs. */
    record Counters(long puts, long deletes, long hits, long misses) {}

    Counters counters() {
        lock.lock();
        try {
            return new Counters(puts, deletes, pins.hits(), pins.misses());
        } finally {
            lock.unlock();
        }
    }
}
