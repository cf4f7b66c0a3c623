package io.kvstore.typed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whole numbers as 8 bytes, the highest first. */
final class Numbers {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Numbers() {}

    static byte[] bytes(long number) {
        byte[] bytes = new byte[Long.BYTES];
        write(bytes, 0, number);
        return bytes;
    }

    static void write(byte[] bytes, int offset, long number) {
        LONG.set(bytes, offset, number);
    }

    static long read(byte[] bytes) {
        return read(bytes, 0);
    }

    static long read(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }
}
