package io.kvstore.typed;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.util.Arrays;

/**
 * The keys that a multimap makes of a key and something more.
 *
 * <pre>
 *   entry   2 bytes  length of the key        slot            key
 *                    key                             8 bytes  number of the slot
 *                    value
 * </pre>
 *
 * <p>No two pairs make the same bytes: the one begins with the length of its first part, the other ends with a part of
 * fixed length.
 */
final class MultimapKeys {
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int LENGTH_BYTES = Short.BYTES;

    private MultimapKeys() {}

    /** The key of an entry. */
    static byte[] entry(Binding binding, byte[] key, byte[] value) {
        int length = LENGTH_BYTES + key.length + value.length;
        if (length > MAX_KEY_BYTES) {
            throw tooLarge(
                    binding,
                    "key and value have " + key.length + " and " + value.length + " bytes, more than "
                            + (MAX_KEY_BYTES - LENGTH_BYTES) + " together; store the value in a map, and its key here");
        }
        byte[] bytes = new byte[length];
        bytes[0] = (byte) (key.length >>> Byte.SIZE);
        bytes[1] = (byte) key.length;
        System.arraycopy(key, 0, bytes, LENGTH_BYTES, key.length);
        System.arraycopy(value, 0, bytes, LENGTH_BYTES + key.length, value.length);
        return bytes;
    }

    /** The key in that of an entry. */
    static byte[] keyOf(byte[] entry) {
        return Arrays.copyOfRange(entry, LENGTH_BYTES, LENGTH_BYTES + keyLength(entry));
    }

    /** The value in the key of an entry. */
    static byte[] valueOf(byte[] entry) {
        return Arrays.copyOfRange(entry, LENGTH_BYTES + keyLength(entry), entry.length);
    }

    private static int keyLength(byte[] entry) {
        return (entry[0] & 0xFF) << Byte.SIZE | (entry[1] & 0xFF);
    }

    /** The key of a slot. */
    static byte[] slot(Binding binding, byte[] key, long slot) {
        if (key.length > MAX_KEY_BYTES - Long.BYTES) {
            throw tooLarge(
                    binding,
                    "the key has " + key.length + " bytes, more than " + (MAX_KEY_BYTES - Long.BYTES)
                            + "; shorten it, or take a hash of it");
        }
        byte[] bytes = Arrays.copyOf(key, key.length + Long.BYTES);
        Numbers.write(bytes, key.length, slot);
        return bytes;
    }

    private static KVException tooLarge(Binding binding, String problem) {
        return new KVException(KVErrorCode.KEY_TOO_LARGE, binding.label() + ": " + problem);
    }
}
