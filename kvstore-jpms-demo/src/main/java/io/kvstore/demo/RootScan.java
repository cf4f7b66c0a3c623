package io.kvstore.demo;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a folder was last scanned, and what was there. As a value of the store:
 *
 * <pre>
 *   0  u8   version, 1
 *   1  i64  start of the last scan: milliseconds since 1970
 *   9  i64  end of the last complete scan: milliseconds since 1970, or the lowest number if there was none
 *  17  i64  files then
 *  25  i64  their bytes
 *  33
 * </pre>
 *
 * @param started when the last scan began, whether it came to its end or not
 * @param completed when the last complete scan ended, or null if none ever did
 * @param files that the last complete scan found
 * @param bytes in those files
 */
record RootScan(Instant started, @Nullable Instant completed, long files, long bytes) {
    private static final byte VERSION = 1;
    private static final int SIZE_BYTES = 33;
    private static final long NEVER = Long.MIN_VALUE;

    /** Whether the last scan was interrupted, or is still under way. */
    boolean isUnfinished() {
        return completed == null || completed.isBefore(started);
    }

    /** What to store when another scan begins, so that it shows if that one does not come to its end. */
    RootScan startedAgain(Instant start) {
        return new RootScan(start, completed, files, bytes);
    }

    byte[] encode() {
        byte[] value = new byte[SIZE_BYTES];
        ByteBuffer buffer = VersionedBytes.begin(value, VERSION)
                .putLong(started.toEpochMilli())
                .putLong(completed == null ? NEVER : completed.toEpochMilli())
                .putLong(files)
                .putLong(bytes);
        assert !buffer.hasRemaining();
        return value;
    }

    /**
     * Reads a value of the store.
     *
     * @param path of the root, for messages
     * @param value as {@link #encode()} made it
     * @return what it says
     * @throws CatalogException if it is of another version, or not of a root at all
     */
    static RootScan decode(String path, byte[] value) {
        ByteBuffer buffer = VersionedBytes.open(path, value, VERSION, SIZE_BYTES);
        Instant started = Instant.ofEpochMilli(buffer.getLong());
        long completed = buffer.getLong();
        return new RootScan(
                started,
                completed == NEVER ? null : Instant.ofEpochMilli(completed),
                buffer.getLong(),
                buffer.getLong());
    }
}
