package io.kvstore.internal.engine;

import io.kvstore.internal.engine.BatchPlan.Step;
import io.kvstore.internal.engine.BatchPlan.Target;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.txn.BatchGate;
import io.kvstore.internal.txn.WriteSet;
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
    private final BucketCatalog catalog;
    private final BatchGate gate;
    private final Lock lock;

    BatchWriter(Engine engine, Writer writer) {
        this.engine = engine;
        this.writer = writer;
        this.log = engine.log();
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
        writer.awaitDurability(position);
    }

    private BatchPlan plan(WriteSet writes) {
        BatchPlan plan = new BatchPlan();
        for (String name : writes.buckets()) {
            BucketIndex bucket = catalog.find(name);
            Target target = new Target(name, bucket);
            for (WriteSet.Write write : writes.writes(name)) {
                boolean isPut = write.value() != null;
                if (isPut || (bucket != null && writer.isPresentNow(bucket, write.hash()))) {
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
        RecordBuffer record = new RecordBuffer();
        record.ensureCapacity(plan.largest());
        boolean done = false;
        try {
            long first = log.sequence() + 1;
            append(plan, record, locations);
            point(plan, first, locations, former);
            settle(plan, locations, former);
            done = true;
        } finally {
            writer.poisonUnless(done);
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
            locations[i] = Writer.location(address, SizeClass.of(record.size()), step.expires());
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
                writer.markChange(bucket, key);
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
            try {
                if (pointed < locations.length) {
                    takeBack(steps, pointed, former);
                }
            } finally {
                gate.end();
            }
        }
    }

    /** Allocates nothing: this runs where memory has just become short. */
    private static void takeBack(List<Step> steps, int pointed, long[] former) {
        for (int i = 0; i < pointed; i++) {
            Hash key = steps.get(i).write().hash();
            if (former[i] == Location.NONE) {
                steps.get(i).target().bucket().index().remove(key);
            } else {
                steps.get(i).target().bucket().index().put(key, former[i]);
            }
        }
    }

    /** Counts what was written, and what it has superseded. */
    private void settle(BatchPlan plan, long[] locations, long[] former) {
        List<Step> steps = plan.steps();
        int puts = 0;
        for (int i = 0; i < locations.length; i++) {
            Step step = steps.get(i);
            writer.discard(former[i]);
            if (step.isPut()) {
                log.addLive(Location.slot(locations[i]), Location.sizeBound(locations[i]));
                puts++;
            }
        }
        writer.count(puts, locations.length - puts);
    }
}
