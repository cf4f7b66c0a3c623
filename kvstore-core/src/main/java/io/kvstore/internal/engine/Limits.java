package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.log.RecordBuffer;
import java.time.Duration;
import java.util.Objects;

/** Checks what callers pass in, before anything is done with it. Immutable. */
final class Limits {
    private final long maxValueSize;

    Limits(KVOptions options) {
        maxValueSize = options.maxValueSize();
    }

    static void requireKey(byte[] key) {
        Objects.requireNonNull(key, "key");
        if (key.length > RecordLayout.MAX_KEY_LENGTH) {
            throw new KVException(
                    KVErrorCode.KEY_TOO_LARGE,
                    "key of " + key.length + " bytes: a key has at most " + RecordLayout.MAX_KEY_LENGTH
                            + " bytes; nothing was done");
        }
    }

    void requireValue(byte[] value) {
        Objects.requireNonNull(value, "value");
        if (value.length > maxValueSize) {
            throw new KVException(
                    KVErrorCode.VALUE_TOO_LARGE,
                    "value of " + value.length + " bytes: the option maxValueSize allows " + maxValueSize
                            + "; nothing was written; raise the option or store the value in parts");
        }
    }

    /** The time at which a value expires, a part of a millisecond counting as a whole. */
    static long expiryMillis(Duration timeToLive, long nowMillis) {
        Objects.requireNonNull(timeToLive, "timeToLive");
        if (timeToLive.isZero() || timeToLive.isNegative()) {
            throw new KVException(
                    KVErrorCode.INVALID_TIME_TO_LIVE,
                    "time-to-live of " + timeToLive + ": it must be positive; nothing was written");
        }
        long millis = wholeMillis(timeToLive);
        return millis >= RecordBuffer.NO_EXPIRY - nowMillis ? RecordBuffer.NO_EXPIRY : nowMillis + millis;
    }

    private static long wholeMillis(Duration timeToLive) {
        try {
            long millis = timeToLive.toMillis();
            return Duration.ofMillis(millis).compareTo(timeToLive) < 0 ? millis + 1 : millis;
        } catch (ArithmeticException e) {
            // More than 292 million years.
            return Long.MAX_VALUE;
        }
    }

    static String requireBucketName(String name) {
        Objects.requireNonNull(name, "name");
        if (BucketNames.encode(name) == null) {
            throw new KVException(
                    KVErrorCode.INVALID_BUCKET_NAME,
                    (name.isEmpty() ? "empty bucket name" : "bucket name of " + name.length() + " characters")
                            + ": a name makes 1 to " + BucketNames.MAX_LENGTH
                            + " bytes of UTF-8 (a letter may take up to 3), and has no half of a surrogate pair; the"
                            + " default bucket is the store itself");
        }
        return name;
    }
}
