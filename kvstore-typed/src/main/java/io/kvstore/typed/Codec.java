package io.kvstore.typed;

import io.kvstore.typed.serializer.KVSerializationException;
import io.kvstore.typed.serializer.Serializer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The serializer of the keys, values or elements of one collection. Errors of reading name the collection and the place
 * in it; those of writing pass through. Immutable.
 */
final class Codec<T> {
    /** The longest key of the store. */
    private static final int MAX_KEY_BYTES = 65_535;

    private static final int MAX_BYTES_SHOWN = 32;
    private static final int MAX_TEXT_SHOWN = 80;

    private final Binding binding;
    private final Serializer<T> serializer;

    Codec(Binding binding, Serializer<T> serializer) {
        this.binding = binding;
        this.serializer = serializer;
    }

    /** The bytes of a key, value or element. */
    byte[] encode(T value, String parameter) {
        return serializer.serialize(Objects.requireNonNull(value, parameter));
    }

    /**
     * The bytes of what a caller looks for, which may be of any type.
     *
     * @return null if the serializer does not take its type, or cannot write it: then it is nowhere in the collection
     */
    @SuppressWarnings("unchecked") // that is what the exception is caught for
    byte @Nullable [] encodeAny(@Nullable Object wanted, String parameter) {
        try {
            return serializer.serialize((T) Objects.requireNonNull(wanted, parameter));
        } catch (ClassCastException | KVSerializationException e) {
            return null;
        }
    }

    /** As {@link #encodeAny}, for what is a key of the store: null too if it is longer than any key. */
    byte @Nullable [] encodeAnyKey(@Nullable Object wanted, String parameter) {
        byte[] bytes = encodeAny(wanted, parameter);
        return bytes == null || bytes.length > MAX_KEY_BYTES ? null : bytes;
    }

    /** The key or the element of a set that has some bytes. */
    T decode(byte[] bytes, String what) {
        try {
            return serializer.deserialize(bytes);
        } catch (KVSerializationException e) {
            throw unreadable(what + " of " + hex(bytes), e);
        }
    }

    /** The element of a queue that has some bytes. */
    T decodeNumbered(byte[] bytes, long number) {
        try {
            return serializer.deserialize(bytes);
        } catch (KVSerializationException e) {
            throw unreadable("element number " + number, e);
        }
    }

    /** The value that is stored under a key. */
    T decodeUnder(byte[] bytes, byte[] key, Codec<?> keys) {
        try {
            return serializer.deserialize(bytes);
        } catch (KVSerializationException e) {
            throw unreadable("value of key " + keys.show(key), e);
        }
    }

    /** Whether a stored value is one that was encoded now, perhaps in an older form with other bytes. */
    boolean isSame(byte[] stored, byte[] encoded) {
        if (Arrays.equals(stored, encoded)) {
            return true;
        }
        try {
            return Arrays.equals(serializer.serialize(serializer.deserialize(stored)), encoded);
        } catch (KVSerializationException e) {
            return false;
        }
    }

    private KVSerializationException unreadable(String what, KVSerializationException cause) {
        return new KVSerializationException(binding.label() + ", " + what + ": " + cause.getMessage(), cause);
    }

    private String show(byte[] bytes) {
        try {
            String text = String.valueOf(serializer.deserialize(bytes));
            return text.length() <= MAX_TEXT_SHOWN ? text : text.substring(0, MAX_TEXT_SHOWN) + "...";
        } catch (KVSerializationException e) {
            return hex(bytes);
        }
    }

    private static String hex(byte[] bytes) {
        HexFormat hex = HexFormat.of();
        return bytes.length + " bytes "
                + (bytes.length <= MAX_BYTES_SHOWN
                        ? hex.formatHex(bytes)
                        : hex.formatHex(bytes, 0, MAX_BYTES_SHOWN) + "...");
    }
}
