package io.kvstore.internal.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays, least significant byte first, at any alignment: the byte order of all files. */
public final class LittleEndian {
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle SHORT = view(short[].class);

    private LittleEndian() {}

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads 8 bytes.
     *
     * @param bytes where
     * @param index of the first
     * @return the number
     */
    public static long getLong(byte[] bytes, int index) {
        return (long) LONG.get(bytes, index);
    }

    /**
     * Reads 4 bytes.
     *
     * @param bytes where
     * @param index of the first
     * @return the number
     */
    public static int getInt(byte[] bytes, int index) {
        return (int) INT.get(bytes, index);
    }

    /**
     * Reads 2 bytes without sign.
     *
     * @param bytes where
     * @param index of the first
     * @return 0 to 65,535
     */
    public static int getUnsignedShort(byte[] bytes, int index) {
        return (short) SHORT.get(bytes, index) & 0xFFFF;
    }

    /**
     * Writes 8 bytes.
     *
     * @param bytes where
     * @param index of the first
     * @param value the number
     */
    public static void putLong(byte[] bytes, int index, long value) {
        LONG.set(bytes, index, value);
    }

    /**
     * Writes 4 bytes.
     *
     * @param bytes where
     * @param index of the first
     * @param value the number
     */
    public static void putInt(byte[] bytes, int index, int value) {
        INT.set(bytes, index, value);
    }

    /**
     * Writes 2 bytes.
     *
     * @param bytes where
     * @param index of the first
     * @param value 0 to 65,535
     */
    public static void putShort(byte[] bytes, int index, int value) {
        SHORT.set(bytes, index, (short) value);
    }
}
