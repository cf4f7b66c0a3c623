package io.kvstore.internal.log;

import io.kvstore.internal.format.RecordLayout;

/**
 * What was appended to one segment, and how much of that is current. Locations know the size classes of records only,
 * so bytes are estimates: by the share of the bounds of the classes, which is exact where records are of one size, and
 * good where sizes do not depend on age.
 *
 * <p>Guarded by the log's lock, but for {@link #setExpiry}.
 */
final class SegmentContent {
    /** What was appended, but for the expiries, which are known once the segment is sealed. */
    private long puts;

    private long appendedEstimate;
    private long tombstoneEstimate;

    /** Puts that the index points at, and the sum of the bounds of their size classes. */
    private long livePuts;

    private long liveEstimate;

    /** Whether any record has an expiry. */
    private boolean expiring;

    /** When they expire; unknown until the hint file is made. */
    private volatile ExpiryProfile expiry = ExpiryProfile.NONE;

    /** Counts a record that was appended, and is not current yet. */
    void append(int kind, long sizeBound, boolean expires) {
        expiring |= expires;
        if (kind == RecordLayout.KIND_SEAL) {
            return;
        }
        appendedEstimate += sizeBound;
        if (kind == RecordLayout.KIND_PUT) {
            puts++;
        } else if (kind == RecordLayout.KIND_TOMBSTONE) {
            tombstoneEstimate += sizeBound;
        }
    }

    /** Takes over what recovery or a merge has counted. */
    void restore(SegmentFigures figures, long current, long currentEstimate) {
        puts = figures.puts();
        appendedEstimate = figures.appendedEstimate();
        tombstoneEstimate = figures.tombstoneEstimate();
        expiry = figures.expiry();
        expiring = expiry.bytes() > 0;
        livePuts = current;
        liveEstimate = currentEstimate;
    }

    /** Counts a put as current. */
    void addLive(long sizeBound) {
        livePuts++;
        liveEstimate += sizeBound;
    }

    /** Counts a put as not current any more. */
    void removeLive(long sizeBound) {
        livePuts--;
        liveEstimate -= sizeBound;
        assert livePuts >= 0 : "fewer than no current records";
    }

    /** Tells when the records expire; by any thread. */
    void setExpiry(ExpiryProfile profile) {
        expiry = profile;
    }

    /** Whether anything in it may expire. */
    boolean expires() {
        return expiring;
    }

    /** Puts that the index points at. */
    long livePuts() {
        return livePuts;
    }

    /** Puts that are there and not current any more. */
    long deadPuts() {
        return puts - livePuts;
    }

    long appendedEstimate() {
        return appendedEstimate;
    }

    long liveEstimate() {
        return liveEstimate;
    }

    /** Bytes of the current records, of so many of all. */
    long liveBytes(long logBytes) {
        return share(liveEstimate, appendedEstimate, logBytes);
    }

    /**
     * Bytes of the current records whose time has not come: as if what expires in here were spread evenly over current
     * and other records.
     */
    long unexpiredBytes(long logBytes, long nowMillis) {
        long live = liveBytes(logBytes);
        ExpiryProfile profile = expiry;
        if (profile.bytes() == 0 || appendedEstimate == 0) {
            return live;
        }
        double expired = (double) profile.bytes() / appendedEstimate * profile.expiredShare(nowMillis);
        return (long) (live * Math.max(0, 1 - expired));
    }

    /** Bytes of tombstones. */
    long tombstoneBytes(long logBytes) {
        return share(tombstoneEstimate, appendedEstimate, logBytes);
    }

    /** The bytes of some records, of so many of all, by the estimates of both. */
    static long share(long estimate, long ofAll, long logBytes) {
        return ofAll == 0 ? 0 : (long) ((double) estimate / ofAll * logBytes);
    }
}
