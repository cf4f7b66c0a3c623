package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.ExpiryProfile;
import io.kvstore.internal.log.SegmentFigures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects what a hint file says of a segment while its records go by: read on recovery, or for a hint, or written by a
 * merge. Takes 24 bytes a record. Belongs to one thread.
 */
public final class SummaryBuilder {
    private static final int MAX_TIMES = 4096;

    private final SegmentHeader header;
    private final List<BucketEvent> events = new ArrayList<>();
    private long[] entries = new long[HintEntry.LONGS * 1024];
    private int count;
    private long records;
    private long puts;
    private long appendedEstimate;
    private long tombstoneEstimate;
    private long expiringEstimate;
    private long lastSequence;

    /** The expiry of every {@link #timeStride}-th expiring record. */
    private long[] times = new long[64];

    private int timeCount;
    private long timeStride = 1;
    private long expiring;

    /**
     * A summary of nothing yet.
     *
     * @param header of the segment
     * @param lastSequence number of the last record before it, if it is of the log; else 0
     */
    public SummaryBuilder(SegmentHeader header, long lastSequence) {
        this.header = header;
        this.lastSequence = lastSequence;
    }

    /**
     * Adds a put or a tombstone.
     *
     * @param tombstone whether it is one
     * @param key hash of its key
     * @param bucket its bucket id
     * @param offset of the record
     * @param size of the record
     * @param sequence number of the record
     */
    public void add(boolean tombstone, Hash key, int bucket, int offset, long size, long sequence) {
        add(tombstone, key, bucket, offset, size, sequence, false);
    }

    /**
     * Adds a put that expires.
     *
     * @param key hash of its key
     * @param bucket its bucket id
     * @param offset of the record
     * @param size of the record
     * @param sequence number of the record
     * @param expiryMillis since 1970 UTC
     */
    public void addExpiring(Hash key, int bucket, int offset, long size, long sequence, long expiryMillis) {
        add(false, key, bucket, offset, size, sequence, true);
        expiringEstimate += SizeClass.bound(SizeClass.of(size));
        if (expiring++ % timeStride == 0) {
            addTime(expiryMillis);
        }
    }

    private void addTime(long expiryMillis) {
        if (timeCount == MAX_TIMES) {
            for (int i = 0; i < MAX_TIMES / 2; i++) {
                times[i] = times[2 * i];
            }
            timeCount = MAX_TIMES / 2;
            timeStride *= 2;
        } else if (timeCount == times.length) {
            times = Arrays.copyOf(times, 2 * timeCount);
        }
        times[timeCount++] = expiryMillis;
    }

    private void add(boolean tombstone, Hash key, int bucket, int offset, long size, long sequence, boolean expires) {
        int sizeClass = SizeClass.of(size);
        long bound = SizeClass.bound(sizeClass);
        if (HintEntry.LONGS * (count + 1) > entries.length) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
        int at = HintEntry.LONGS * count++;
        entries[at] = key.high();
        entries[at + 1] = HintEntry.second(key.low(), sizeClass, tombstone, expires);
        entries[at + 2] = HintEntry.third(bucket, offset);
        count(bound, sequence);
        if (tombstone) {
            tombstoneEstimate += bound;
        } else {
            puts++;
        }
    }

    /**
     * Adds a record about a bucket.
     *
     * @param dropped true for a drop, false for a declaration
     * @param id of the bucket
     * @param name of the bucket
     * @param size of the record
     * @param sequence number of the record
     */
    void addEvent(boolean dropped, int id, String name, long size, long sequence) {
        events.add(new BucketEvent(dropped, id, name));
        count(SizeClass.bound(SizeClass.of(size)), sequence);
    }

    private void count(long sizeBound, long sequence) {
        records++;
        appendedEstimate += sizeBound;
        lastSequence = Math.max(lastSequence, sequence);
    }

    /**
     * The entries so far, sorted; ends the collecting.
     *
     * @return the last one of each key
     */
    public SortedEntries sort() {
        long[] unsorted = entries;
        // Of no use any more once they are sorted, and large.
        entries = new long[0];
        return SortedEntries.of(unsorted, count);
    }

    /**
     * The summary.
     *
     * @param end where the records end, the seal included
     * @param next the segment in which the log goes on, or 0
     * @return what was collected
     */
    public SegmentSummary build(int end, int next) {
        ExpiryProfile expiry =
                timeCount == 0 ? ExpiryProfile.NONE : ExpiryProfile.of(expiringEstimate, times, timeCount);
        SegmentFigures figures = new SegmentFigures(records, puts, appendedEstimate, tombstoneEstimate, expiry);
        return new SegmentSummary(header, end, next, lastSequence, figures, events);
    }
}
