package io.kvstore.benchmarks.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values that look random and are made from a number, so that they need no memory and can be checked.
 *
 * <p>A value starts with the number of its key and a version, and ends with a check of both.
 */
public final class Entries {
    /** The length of a key. */
    public static final int KEY_BYTES = 16;

    /** The length of a value, unless a workload says otherwise. */
    public static final int VALUE_BYTES = 100;

    /** The least length of a value: a number, a version and a check. */
    public static final int LEAST_VALUE_BYTES = 24;

    /** Numbers from here on are of keys that no workload ever writes. */
    public static final long ABSENT = 1L << 62;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Entries() {}

    /**
     * The finalizer of SplitMix64: one to one, so that different numbers make different keys.
     *
     * @param number any
     * @return a number that looks random
     */
    public static long mix(long number) {
        long z = number + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /**
     * Writes a key into an array of {@link #KEY_BYTES}.
     *
     * @param key written to
     * @param number of the key
     */
    public static void fillKey(byte[] key, long number) {
        LONG.set(key, 0, mix(number));
        LONG.set(key, 8, number);
    }

    /**
     * Makes a key.
     *
     * @param number of the key
     * @return a new array
     */
    public static byte[] key(long number) {
        byte[] key = new byte[KEY_BYTES];
        fillKey(key, number);
        return key;
    }

    /**
     * The number that a key was made from.
     *
     * @param key made by this class
     * @return its number
     */
    public static long number(byte[] key) {
        return (long) LONG.get(key, 8);
    }

    /**
     * Makes a value of {@link #VALUE_BYTES} and version 0.
     *
     * @param number of its key
     * @return a new array
     */
    public static byte[] value(long number) {
        byte[] value = new byte[VALUE_BYTES];
        fillValue(value, number, 0);
        return value;
    }

    /**
     * Writes a value into an array of its length, at least {@link #LEAST_VALUE_BYTES}.
     *
     * @param value written to
     * @param number of its key
     * @param version told by {@link #requireValue}
     */
    public static void fillValue(byte[] value, long number, long version) {
        LONG.set(value, 0, number);
        LONG.set(value, 8, version);
        LONG.set(value, value.length - 8, check(number, version));
    }

    private static long check(long number, long version) {
        return mix(number ^ Long.rotateLeft(version, 32));
    }

    /**
     * Checks that a value is whole and belongs to a key.
     *
     * @param value null if there was none
     * @param number of the key that it was read for
     * @param valueBytes the length that it must have
     * @return its version
     * @throws WrongValueException if it is not
     */
    public static long requireValue(byte @Nullable [] value, long number, int valueBytes) {
        if (value == null) {
            throw new WrongValueException("key number " + number + " is lost");
        }
        if (value.length != valueBytes) {
            throw new WrongValueException(
                    "the value of key number " + number + " has " + value.length + " bytes, not " + valueBytes);
        }
        long found = (long) LONG.get(value, 0);
        long version = (long) LONG.get(value, 8);
        if (found != number || (long) LONG.get(value, value.length - 8) != check(number, version)) {
            throw new WrongValueException("the value of key number " + number + " is that of " + found + ", or torn");
        }
        return version;
    }
}
