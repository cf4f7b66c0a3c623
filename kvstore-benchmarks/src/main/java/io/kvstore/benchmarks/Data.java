package io.kvstore.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Keys and values that look random and are made from a number, so that they need no memory and can be checked. */
final class Data {
    static final int KEY_BYTES = 16;
    static final int VALUE_BYTES = 100;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Data() {}

    /** The finalizer of SplitMix64: one to one, so that different numbers make different keys. */
    static long mix(long number) {
        long z = number + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    static void fillKey(byte[] key, long number) {
        LONG.set(key, 0, mix(number));
        LONG.set(key, 8, number);
    }

    static byte[] value(long number) {
        byte[] value = new byte[VALUE_BYTES];
        fillValue(value, number);
        return value;
    }

    static void fillValue(byte[] value, long number) {
        LONG.set(value, 0, number);
    }

    static void requireValue(byte[] value, long number) {
        if (value.length != VALUE_BYTES || (long) LONG.get(value, 0) != number) {
            throw new IllegalStateException("wrong value for key number " + number);
        }
    }
}
