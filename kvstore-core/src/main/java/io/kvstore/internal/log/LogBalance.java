package io.kvstore.internal.log;

/**
 * How much of the log is current, on the whole.
 *
 * @param logBytes bytes of records
 * @param liveBytes estimate of those that the index points at
 */
public record LogBalance(long logBytes, long liveBytes) {
    /**
     * The others.
     *
     * @return bytes
     */
    public long garbageBytes() {
        return logBytes - liveBytes;
    }
}
