package io.kvstore.internal.engine;

import io.kvstore.internal.engine.BatchPlan.Target;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.LogTail;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.txn.BatchGate;
import io.kvstore.internal.txn.BucketWrites;
import io.kvstore.internal.txn.WriteSet;
import io.kvstore.internal.txn.WriteSet.Write;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * Writes batches and the writes of transactions, each at once under the log's lock: check, append all, point the index
 * at all while the gate is shut.
 */
final class BatchWriter {
    private static final byte[] NO_VALUE = {};

    private final Engine engine;
    private final Writer writer;
    private final Log log;
    private final LogTail tail;
    private final BucketCatalog catalog;
    private final BatchGate gate;
    private final Lock lock;

    /** Of no meaning: keeps the compiler from dropping reads that are made for the caches. */
    @SuppressWarnings("unused")
    private long fetched;

    BatchWriter(Engine engine, Writer writer) {
        this.engine = engine;
        this.writer = writer;
        this.log = engine.log();
        this.tail = log.tail();
        this.catalog = engine.catalog();
        this.gate = engine.gate();
        this.lock = log.lock();
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
            writer.requireWritable();
        }
        fetchSlots(writes);
        lock.lock();
        try {
            engine.requireOpen();
            check.run();
            BatchPlan plan = plan(writes);
            if (plan.size() == 0) {
                return;
            }
            plan.requireSize();
            tail.reserve(plan.bytes());
            write(plan);
            pause = log.charge(plan.bytes());
            position = log.position();
        } finally {
            lock.unlock();
        }
        log.slowDown(pause);
        writer.awaitDurability(position);
    }

    /** Before the lock is taken; the puts would wait for memory one after the other (docs/BENCHMARKS.md). */
    private void fetchSlots(WriteSet writes) {
        long sum = 0;
        for (BucketWrites to : writes.buckets()) {
            BucketIndex bucket = catalog.find(to.name());
            if (bucket != null) {
                for (int i = 0; i < to.size(); i++) {
                    sum += bucket.index().fetch(to.get(i).hash());
                }
            }
        }
        fetched = sum;
    }

    private BatchPlan plan(WriteSet writes) {
        BatchPlan plan = new BatchPlan(writes.size());
        for (BucketWrites to : writes.buckets()) {
            BucketIndex bucket = catalog.find(to.name());
            Target target = new Target(to.name(), bucket);
            for (int i = 0; i < to.size(); i++) {
                Write write = to.get(i);
                if (write.isPut() || (bucket != null && writer.isPresentNow(bucket, write.hash()))) {
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
        long[] locations = new long[plan.size()];
        long[] former = new long[plan.size()];
        boolean done = false;
        try {
            long first = tail.sequence() + 1;
            append(plan, locations);
            point(plan, first, locations, former);
            settle(plan, locations, former);
            done = true;
        } finally {
            tail.poisonUnless(done);
        }
    }

    private void append(BatchPlan plan, long[] locations) {
        declare(plan.undeclared());
        int last = locations.length - 1;
        for (int i = 0; i <= last; i++) {
            RecordBuffer record = plan.write(i).record();
            record.setBatchContinues(i < last);
            long address = tail.appendPart(record, plan.bucketId(i));
            boolean expires = record.expiryMillis() != RecordBuffer.NO_EXPIRY;
            locations[i] = Writer.location(address, SizeClass.of(record.size()), expires);
        }
        tail.endAppend();
        for (Target target : plan.undeclared()) {
            target.bucket = catalog.declare(target.id, target.name);
        }
    }

    private void declare(List<Target> undeclared) {
        for (int i = 0; i < undeclared.size(); i++) {
            Target target = undeclared.get(i);
            target.id = Math.addExact(catalog.nextId(), i);
            RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_BUCKET, target.encodedName(), NO_VALUE);
            record.setBatchContinues(true);
            tail.appendPart(record, target.id);
        }
    }

    /**
     * Points the index at all records of a batch; if that fails, at none. A delete first points at its tombstone, and
     * takes that out again once all are pointed at: whoever finds a key gone finds the rest of the batch.
     */
    private void point(BatchPlan plan, long first, long[] locations, long[] former) {
        int pointed = 0;
        gate.begin(first);
        try {
            for (; pointed < locations.length; pointed++) {
                BucketIndex bucket = plan.bucket(pointed);
                Hash key = plan.write(pointed).hash();
                bucket.index().prepare(key);
                writer.markChange(bucket, key);
                former[pointed] = bucket.index().put(key, locations[pointed]);
            }
            for (int i = 0; i < locations.length; i++) {
                BucketIndex bucket = plan.bucket(i);
                if (plan.write(i).isPut()) {
                    bucket.markWritten();
                } else {
                    bucket.index().remove(plan.write(i).hash());
                }
            }
        } finally {
            try {
                if (pointed < locations.length) {
                    takeBack(plan, pointed, former);
                }
            } finally {
                gate.end();
            }
        }
    }

    /** Allocates nothing: this runs where memory has just become short. */
    private static void takeBack(BatchPlan plan, int pointed, long[] former) {
        for (int i = 0; i < pointed; i++) {
            Hash key = plan.write(i).hash();
            if (former[i] == Location.NONE) {
                plan.bucket(i).index().remove(key);
            } else {
                plan.bucket(i).index().put(key, former[i]);
            }
        }
    }

    /** Counts what was written, and what it has superseded. */
    private void settle(BatchPlan plan, long[] locations, long[] former) {
        int puts = 0;
        for (int i = 0; i < locations.length; i++) {
            writer.discard(former[i]);
            if (plan.write(i).isPut()) {
                log.addLive(Location.slot(locations[i]), Location.sizeBound(locations[i]));
                puts++;
            }
        }
        writer.count(puts, locations.length - puts);
    }
}
