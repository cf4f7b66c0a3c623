package io.kvstore.typed.serializer;

import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * Types whose value fits in a fixed number of bytes, at most 8: the low bytes of a {@code long}, highest first. Bytes
 * sort as those numbers do, unsigned; {@code encode} makes numbers that sort as the values do.
 *
 * <p>Immutable.
 */
final class FixedWidthSerializer<T> implements Serializer<T> {
    private final String id;
    private final int width;
    private final ToLongFunction<T> encode;
    private final LongFunction<T> decode;

    /**
     * A serializer.
     *
     * @param id of the format
     * @param width in bytes
     * @param encode gives the number; what lies above the low {@code width} bytes is dropped
     * @param decode gives the value of a number of {@code width} bytes; a {@code RuntimeException} if it is not one
     */
    FixedWidthSerializer(String id, int width, ToLongFunction<T> encode, LongFunction<T> decode) {
        this.id = id;
        this.width = width;
        this.encode = encode;
        this.decode = decode;
    }

    @Override
    public byte[] serialize(T value) {
        long number = encode.applyAsLong(Objects.requireNonNull(value, "value"));
        byte[] bytes = new byte[width];
        for (int i = width - 1; i >= 0; i--) {
            bytes[i] = (byte) number;
            number >>>= Byte.SIZE;
        }
        return bytes;
    }

    @Override
    public T deserialize(byte[] bytes) {
        if (bytes.length != width) {
            throw KVSerializationException.unreadable(id, width + " bytes expected, " + bytes.length + " found");
        }
        long number = 0;
        for (byte b : bytes) {
            number = (number << Byte.SIZE) | (b & 0xFF);
        }
        try {
            return decode.apply(number);
        } catch (RuntimeException e) {
            throw KVSerializationException.unreadable(id, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String id() {
        return id;
    }
}
