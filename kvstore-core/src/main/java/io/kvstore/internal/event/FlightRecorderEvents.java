package io.kvstore.internal.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * The events as the Flight Recorder knows them. Names and fields are listed in {@code docs/OPERATIONS.md}; they are
 * part of what the store promises.
 */
final class FlightRecorderEvents implements StoreEvents {
    private final String store;

    FlightRecorderEvents(String store) {
        this.store = store;
    }

    /** What all events have. */
    @Category("kvstore")
    @StackTrace(false)
    abstract static class StoreEvent extends Event {
        @Label("Store")
        @Description("Directory of the store")
        String store;

        StoreEvent(String store) {
            this.store = store;
        }
    }

    @Name("io.kvstore.Open")
    @Label("Store Opened")
    @Description("A store was opened; the duration is that of the open, recovery included")
    static final class OpenEvent extends StoreEvent implements Opening {
        @Label("Segments")
        int segments;

        @Label("Segments From Hints")
        int segmentsFromHints;

        @Label("Records")
        long records;

        @Label("After Crash")
        @Description("Whether the store was not closed cleanly before")
        boolean afterCrash;

        @Label("Read Only")
        boolean readOnly;

        OpenEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(int count, int fromHints, long found, boolean crashed, boolean onlyRead) {
            end();
            if (shouldCommit()) {
                segments = count;
                segmentsFromHints = fromHints;
                records = found;
                afterCrash = crashed;
                readOnly = onlyRead;
                commit();
            }
        }
    }

    @Name("io.kvstore.TailDiscarded")
    @Label("Tail Discarded")
    @Description("Recovery discarded what a crash had left behind the end of the log")
    static final class TailDiscardedEvent extends StoreEvent {
        @Label("Segment")
        int segment;

        @Label("Offset")
        long offset;

        TailDiscardedEvent(String store) {
            super(store);
        }
    }

    @Name("io.kvstore.Merge")
    @Label("Merge")
    @Description("Some segments were merged, or the attempt was given up")
    static final class MergeEvent extends StoreEvent implements Merging {
        @Label("Victims")
        @Description("Segments that were to be replaced")
        int victims;

        @Label("Read")
        @DataAmount
        long readBytes;

        @Label("Written")
        @DataAmount
        long writtenBytes;

        @Label("Failure")
        @Description("Why it was given up; empty if it was not")
        String failure = "";

        MergeEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(int count, long read, long written, String why) {
            end();
            if (shouldCommit()) {
                victims = count;
                readBytes = read;
                writtenBytes = written;
                failure = why;
                commit();
            }
        }
    }

    @Name("io.kvstore.SegmentRoll")
    @Label("Segment Roll")
    @Description("A segment was full and sealed; the log goes on in the next one")
    static final class SegmentRollEvent extends StoreEvent implements Rolling {
        @Label("Sealed Segment")
        int sealedSegment;

        @Label("Next Segment")
        int nextSegment;

        @Label("Sealed Bytes")
        @DataAmount
        long sealedBytes;

        SegmentRollEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(int full, int next, long bytes) {
            end();
            if (shouldCommit()) {
                sealedSegment = full;
                nextSegment = next;
                sealedBytes = bytes;
                commit();
            }
        }
    }

    /** In {@code Durability.SYNC} there may be one a write: only slow ones are recorded unless a recording asks. */
    @Name("io.kvstore.Sync")
    @Label("Sync")
    @Description("The log was forced to stable storage")
    @Threshold("20 ms")
    static final class SyncEvent extends StoreEvent implements Syncing {
        @Label("Segment")
        @Description("The last one that was forced")
        int segment;

        @Label("Offset")
        @Description("Up to which that one was forced")
        long offset;

        @Label("Segments")
        @Description("How many were forced")
        int segments;

        SyncEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(int last, long upTo, int count) {
            end();
            if (shouldCommit()) {
                segment = last;
                offset = upTo;
                segments = count;
                commit();
            }
        }
    }

    @Name("io.kvstore.WriterStalled")
    @Label("Writer Stalled")
    @Description("A writer, and all others behind it, waited until there was room for a record")
    @Threshold("1 ms")
    static final class WriterStalledEvent extends StoreEvent implements Stalling {
        @Label("Segment")
        int segment;

        WriterStalledEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(int in) {
            end();
            if (shouldCommit()) {
                segment = in;
                commit();
            }
        }
    }

    @Name("io.kvstore.WritersSlowed")
    @Label("Writers Slowed")
    @Description("Writers were made to wait for a while, because garbage came up faster than the merge cleared it")
    static final class WritersSlowedEvent extends StoreEvent implements Slowing {
        @Label("Waited")
        @Description("How long writers waited, all together")
        @Timespan(Timespan.NANOSECONDS)
        long waited;

        @Label("Bytes Per Second")
        @Description("The least that all writers together were allowed")
        @DataAmount
        long bytesPerSecond;

        WritersSlowedEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(long nanos, long rate) {
            end();
            if (nanos > 0 && shouldCommit()) {
                waited = nanos;
                bytesPerSecond = rate;
                commit();
            }
        }
    }

    @Name("io.kvstore.HintRebuilt")
    @Label("Hint Rebuilt")
    @Description("The hint file of a segment was made from the segment")
    static final class HintRebuiltEvent extends StoreEvent implements Rebuilding {
        @Label("Segment")
        int segment;

        @Label("Segment Bytes")
        @DataAmount
        long segmentBytes;

        HintRebuiltEvent(String store) {
            super(store);
            begin();
        }

        @Override
        public void end(int number, long bytes) {
            end();
            if (shouldCommit()) {
                segment = number;
                segmentBytes = bytes;
                commit();
            }
        }
    }

    @Name("io.kvstore.HintRejected")
    @Label("Hint Rejected")
    @Description("A hint file could not be used; its segment was read instead")
    static final class HintRejectedEvent extends StoreEvent {
        @Label("Segment")
        int segment;

        @Label("Reason")
        String reason = "";

        HintRejectedEvent(String store) {
            super(store);
        }
    }

    @Name("io.kvstore.Poisoned")
    @Label("Store Poisoned")
    @Description("The store refuses writes from here on, since one may have been lost")
    static final class PoisonedEvent extends StoreEvent {
        @Label("Cause")
        String cause = "";

        PoisonedEvent(String store) {
            super(store);
        }
    }

    @Override
    public Opening opening() {
        return new OpenEvent(store);
    }

    @Override
    public void tailDiscarded(int segment, long offset) {
        TailDiscardedEvent event = new TailDiscardedEvent(store);
        event.segment = segment;
        event.offset = offset;
        event.commit();
    }

    @Override
    public Merging merging() {
        return new MergeEvent(store);
    }

    @Override
    public Rolling rolling() {
        return new SegmentRollEvent(store);
    }

    @Override
    public Syncing syncing() {
        return new SyncEvent(store);
    }

    @Override
    public Stalling stalling() {
        return new WriterStalledEvent(store);
    }

    @Override
    public Slowing slowing() {
        return new WritersSlowedEvent(store);
    }

    @Override
    public Rebuilding rebuilding() {
        return new HintRebuiltEvent(store);
    }

    @Override
    public void hintRejected(int segment, String reason) {
        HintRejectedEvent event = new HintRejectedEvent(store);
        event.segment = segment;
        event.reason = reason;
        event.commit();
    }

    @Override
    public void poisoned(Throwable cause) {
        PoisonedEvent event = new PoisonedEvent(store);
        event.cause = cause.toString();
        event.commit();
    }
}
