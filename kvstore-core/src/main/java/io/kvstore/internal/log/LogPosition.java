package io.kvstore.internal.log;

/** A place in the log as one number that grows along it: segment number in the upper half, offset in the lower. */
final class LogPosition {
    private LogPosition() {}

    static long of(int segmentNumber, int offset) {
        return ((long) segmentNumber << 32) | offset;
    }

    static int segmentNumber(long position) {
        return (int) (position >>> 32);
    }

    static int offset(long position) {
        return (int) position;
    }
}
