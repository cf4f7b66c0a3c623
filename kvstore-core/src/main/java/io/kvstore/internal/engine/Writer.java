package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.engine.BatchPlan.Step;
import io.kvstore.internal.engine.BatchPlan.Target;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.RecordBufferPool;
import io.kvstore.internal.txn.BatchGate;
import io.kvstore.internal.txn.VersionTable;
import io.kvstore.internal.txn.WriteSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that write, one at a time under the log's lock: look, append, point the index at what was appended; then,
 * without the lock, wait for the disk where the options say so. Limits of keys and values were checked by the caller.
 */
final class Writer {
    private static final byte[] NO_VALUE = {};

    private final Engine engine;
    private final Log log;
    private final BucketCatalog catalog;
    private final BatchGate gate;
    private final boolean syncWrites;
    private final boolean readOnly;
    private final Lock lock;
    private final VersionTable versions = new VersionTable();
    private final RecordBufferPool buffers = new RecordBufferPool();

    /** Counters, written under the lock. */
    private long puts;

    private long deletes;

    Writer(Engine engine, KVOptions options) {
        this.engine = engine;
        this.log = engine.log();
        this.catalog = engine.catalog();
        this.gate = engine.gate();
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
            markChange(bucket, hashed);
            discard(bucket.index().put(hashed, location(address, sizeClass, expires)));
            log.addLive(Log.slot(address), SizeClass.bound(sizeClass));
            bucket.markWritten();
            puts++;
            done = true;
        } finally {
            poisonUnless(done);
        }
    }

    private static long location(long address, int sizeClass, boolean expires) {
        return Location.of(Log.slot(address), Log.offset(address), sizeClass, expires);
    }

    /** Tells open transactions of a write, before the index is changed. */
    private void markChange(BucketIndex bucket, Hash hashed) {
        if (versions.isWatched()) {
            versions.mark(bucket.id(), hashed, log.sequence());
            bucket.markChanged(log.sequence());
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
            log.reserve(record.size());
            bucket.index().prepare(hashed);
            log.append(record, bucket.id());
            markChange(bucket, hashed);
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

    /** As {@link Engine#isPresent}, under the lock. */
    private boolean isPresentNow(BucketIndex bucket, Hash hashed) {
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

    /** Called with the lock held before a batch is written, which it may refuse by an exception. */
    interface Check {
        Check NONE = () -> {};

        void run();
    }

    /** Does all of some writes, or none. */
    void commit(WriteSet writes, Check check) {
        long position;
        long pause;
        if (writes.size() > 0) {
            requireWritable();
        }
        lock.lock();
        try {
            engine.requireOpen();
            check.run();
            BatchPlan plan = plan(writes);
            if (plan.steps().isEmpty()) {
                return;
            }
            plan.requireSize();
            log.reserve(plan.bytes());
            write(plan);
            pause = log.charge(plan.bytes());
            position = log.position();
        } finally {
            lock.unlock();
        }
        log.slowDown(pause);
        awaitDurability(position);
    }

    private BatchPlan plan(WriteSet writes) {
        BatchPlan plan = new BatchPlan();
        for (String name : writes.buckets()) {
            BucketIndex bucket = catalog.find(name);
            Target target = plan.target(name, bucket);
            for (WriteSet.Write write : writes.writes(name)) {
                boolean isPut = write.value() != null;
                if (isPut || (bucket != null && isPresentNow(bucket, write.hash()))) {
                    plan.add(target, write);
                }
            }
        }
        return plan;
    }

    /**
     * Appends the records of a batch, then points the index at them, so that whoever finds one in the index finds the
     * whole batch below the log's position: the merge relies on that when it makes durable what has superseded the
     * records it drops.
     *
     * <p>Crash story: the records lie behind each other in one segment, each but the last saying that the batch goes
     * on; recovery takes all or none.
     */
    private void write(BatchPlan plan) {
        long[] locations = new long[plan.steps().size()];
        long[] former = new long[locations.length];
        RecordBuffer record = buffers.take();
        boolean done = false;
        try {
            record.ensureCapacity(plan.largest());
            long first = log.sequence() + 1;
            append(plan, record, locations);
            point(plan, first, locations, former);
            settle(plan, locations, former);
            done = true;
        } finally {
            poisonUnless(done);
            buffers.give(record);
        }
    }

    private void append(BatchPlan plan, RecordBuffer record, long[] locations) {
        List<Target> undeclared = plan.undeclared();
        for (int i = 0; i < undeclared.size(); i++) {
            Target target = undeclared.get(i);
            target.id = Math.addExact(catalog.nextId(), i);
            record.encode(RecordLayout.KIND_BUCKET, target.encodedName(), NO_VALUE);
            record.setBatchContinues(true);
            log.appendPart(record, target.id);
        }
        List<Step> steps = plan.steps();
        for (int i = 0; i < locations.length; i++) {
            Step step = steps.get(i);
            BucketIndex bucket = step.target().bucket;
            step.encode(record).setBatchContinues(i < locations.length - 1);
            long address = log.appendPart(record, bucket == null ? step.target().id : bucket.id());
            locations[i] = location(address, SizeClass.of(record.size()), step.expires());
        }
        log.endAppend();
        for (Target target : undeclared) {
            target.bucket = catalog.declare(target.id, target.name);
        }
    }

    /**
     * Points the index at all records of a batch; if that fails, at none. A delete first points at its tombstone, and
     * takes that out again once all are pointed at: whoever finds a key gone finds the rest of the batch.
     */
    private void point(BatchPlan plan, long first, long[] locations, long[] former) {
        List<Step> steps = plan.steps();
        int pointed = 0;
        gate.begin(first);
        try {
            for (; pointed < locations.length; pointed++) {
                BucketIndex bucket = steps.get(pointed).target().bucket();
                Hash key = steps.get(pointed).write().hash();
                bucket.index().prepare(key);
                markChange(bucket, key);
                former[pointed] = bucket.index().put(key, locations[pointed]);
            }
            for (Step step : steps) {
                if (step.isPut()) {
                    step.target().bucket().markWritten();
                } else {
                    step.target().bucket().index().remove(step.write().hash());
                }
            }
        } finally {
            if (pointed < locations.length) {
                takeBack(steps.subList(0, pointed), former);
            }
            gate.end();
        }
    }

    /** Allocates nothing: this runs where memory has just become short. */
    private static void takeBack(List<Step> pointed, long[] former) {
        for (int i = 0; i < pointed.size(); i++) {
            Hash key = pointed.get(i).write().hash();
            if (former[i] == Location.NONE) {
                pointed.get(i).target().bucket().index().remove(key);
            } else {
                pointed.get(i).target().bucket().index().put(key, former[i]);
            }
        }
    }

    /** Counts what was written, and what it has superseded. */
    private void settle(BatchPlan plan, long[] locations, long[] former) {
        List<Step> steps = plan.steps();
        for (int i = 0; i < locations.length; i++) {
            Step step = steps.get(i);
            discard(former[i]);
            if (step.isPut()) {
                log.addLive(Location.slot(locations[i]), Location.sizeBound(locations[i]));
                puts++;
            } else {
                deletes++;
            }
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
        requireWritable();
        byte[] encoded = Objects.requireNonNull(BucketNames.encode(name), "a name that was checked");
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
                log.reserve(record.size());
                log.append(record, bucket.id());
                catalog.drop(bucket);
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

    /** Counts the records of a dropped bucket as garbage, table by table, so that writers get in between. */
    private void discardAll(BucketIndex bucket) {
        long start = 0;
        do {
            lock.lock();
            try {
                if (engine.isClosed()) {
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
     * Waits for the disk where the options say so. Neither lock nor pin is held: the last sync of a close serves it.
     */
    private void awaitDurability(long position) {
        if (syncWrites) {
            log.awaitSynced(position);
        }
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
