package io.kvstore.internal.log;

import java.util.Arrays;

/**
 * When the records of one segment expire, roughly: how many bytes do at all, and quantiles of their times. Immutable.
 *
 * @param bytes sum of the bounds of the size classes of all records that have an expiry
 * @param quantiles {@link #QUANTILES} times in ascending order, milliseconds since 1970 UTC: each stands for the same
 *     share of the records
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ExpiryProfile(long bytes, long[] quantiles) {
    /** How many quantiles are kept. */
    public static final int QUANTILES = 16;

    /** Of a segment in which nothing expires. */
    public static final ExpiryProfile NONE = new ExpiryProfile(0, new long[QUANTILES]);

    /**
     * Makes the profile of some records.
     *
     * @param bytes of all of them
     * @param times of some of them, picked evenly
     * @param count how many of {@code times} there are, 1 to 100,000
     * @return the profile
     */
    public static ExpiryProfile of(long bytes, long[] times, int count) {
        long[] sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        long[] quantiles = new long[QUANTILES];
        for (int i = 0; i < QUANTILES; i++) {
            // The last of each share, so that nothing counts as expired before its time.
            quantiles[i] = sorted[((i + 1) * count + QUANTILES - 1) / QUANTILES - 1];
        }
        return new ExpiryProfile(bytes, quantiles);
    }

    /**
     * The share of the expiring records whose time has come.
     *
     * @param nowMillis since 1970 UTC
     * @return 0 to 1
     */
    public double expiredShare(long nowMillis) {
        int expired = 0;
        while (expired < QUANTILES && quantiles[expired] <= nowMillis) {
            expired++;
        }
        return (double) expired / QUANTILES;
    }
}
