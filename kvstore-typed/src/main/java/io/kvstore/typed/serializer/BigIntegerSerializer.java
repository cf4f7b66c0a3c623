package io.kvstore.typed.serializer;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Whole numbers of any size, in bytes that sort as the numbers do.
 *
 * <pre>
 *   length of the magnitude in bytes, negative for negative numbers   {@link OrderedLong}
 *   the magnitude, highest byte first; all bits flipped for negative numbers
 * </pre>
 *
 * <p>Stateless.
 */
final class BigIntegerSerializer implements Serializer<BigInteger> {
    @Override
    public byte[] serialize(BigInteger value) {
        Objects.requireNonNull(value, "value");
        byte[] magnitude = value.abs().toByteArray();
        int skip = magnitude[0] == 0 ? 1 : 0; // room for a sign, and zero itself
        int length = magnitude.length - skip;
        boolean negative = value.signum() < 0;
        if (negative) {
            flip(magnitude);
        }
        ByteBuffer out = ByteBuffer.allocate(OrderedLong.MAX_SIZE + length);
        OrderedLong.put(out, negative ? -length : length);
        out.put(magnitude, skip, length);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    @Override
    public BigInteger deserialize(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long signedLength;
        try {
            signedLength = OrderedLong.get(in);
        } catch (IllegalArgumentException e) {
            throw KVSerializationException.unreadable(id(), String.valueOf(e.getMessage()), e);
        }
        if (Math.abs(signedLength) != in.remaining()) {
            throw KVSerializationException.unreadable(
                    id(), Math.abs(signedLength) + " bytes expected, " + in.remaining() + " found");
        }
        byte[] magnitude = new byte[in.remaining()];
        in.get(magnitude);
        if (signedLength < 0) {
            flip(magnitude);
        }
        if (magnitude.length > 0 && magnitude[0] == 0) {
            throw KVSerializationException.unreadable(id(), "a number is longer than it need be");
        }
        return new BigInteger(Long.signum(signedLength), magnitude);
    }

    @Override
    public String id() {
        return "big-integer";
    }

    private static void flip(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
    }
}
