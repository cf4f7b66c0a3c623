package io.kvstore.typed.serializer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Decimal numbers with their scale, in bytes that sort by value and then by scale: 1 before 1.0 before 1.00 before
 * 1.01.
 *
 * <pre>
 *   sign       u8: 1 negative, 2 zero, 3 positive
 *   zero:
 *     scale    {@link OrderedLong}
 *   others: the number is 0.DDD * 10^exponent, the first and the last of its digits D not 0
 *     exponent {@link OrderedLong}
 *     digits   u8 for each two, the last filled up by a 0: 2 * pair + 1, but 2 * pair for the last pair
 *              exponent and digits have all bits flipped for negative numbers
 *     zeros    {@link OrderedLong}: how many zeros follow the last D in the unscaled value; left out if none
 * </pre>
 *
 * <p>The digits are those of the key encoding of SQLite4: a pair that goes on is greater than the same pair as the
 * last. Stateless.
 */
final class BigDecimalSerializer implements Serializer<BigDecimal> {
    /** The most digits. More than this would take long to turn into binary. */
    static final int MAX_DIGITS = 100_000;

    private static final int NEGATIVE = 1;
    private static final int ZERO = 2;
    private static final int POSITIVE = 3;

    private static final long EXPONENT_LIMIT = 1L << 33; // well beyond any int scale
    private static final int MAX_BITS = (int) (MAX_DIGITS * 3.33);

    @Override
    public byte[] serialize(BigDecimal value) {
        Objects.requireNonNull(value, "value");
        if (value.signum() == 0) {
            ByteBuffer out = ByteBuffer.allocate(1 + OrderedLong.MAX_SIZE).put((byte) ZERO);
            OrderedLong.put(out, value.scale());
            return written(out);
        }
        byte[] digits = digits(value);
        int length = withoutZeros(digits);
        long exponent = (long) digits.length - value.scale();
        ByteBuffer out = ByteBuffer.allocate(1 + OrderedLong.MAX_SIZE + (length + 1) / 2 + OrderedLong.MAX_SIZE);
        out.put((byte) (value.signum() < 0 ? NEGATIVE : POSITIVE));
        OrderedLong.put(out, exponent);
        putPairs(out, digits, length);
        if (value.signum() < 0) {
            flip(out.array(), 1, out.position());
        }
        if (length < digits.length) {
            OrderedLong.put(out, digits.length - length);
        }
        return written(out);
    }

    @Override
    public BigDecimal deserialize(byte[] bytes) {
        try {
            return read(bytes);
        } catch (IllegalArgumentException e) {
            throw KVSerializationException.unreadable(id(), String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String id() {
        return "big-decimal";
    }

    private static BigDecimal read(byte[] bytes) {
        require(bytes.length > 0, "no bytes");
        int sign = bytes[0];
        require(sign >= NEGATIVE && sign <= POSITIVE, "no sign");
        if (sign == ZERO) {
            ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
            long scale = OrderedLong.get(in);
            require(!in.hasRemaining(), "more bytes than a number has");
            return new BigDecimal(BigInteger.ZERO, intScale(scale));
        }
        byte[] copy = bytes.clone();
        if (sign == NEGATIVE) {
            flip(copy, 1, copy.length);
        }
        ByteBuffer in = ByteBuffer.wrap(copy, 1, copy.length - 1);
        long exponent = OrderedLong.get(in);
        require(Math.abs(exponent) < EXPONENT_LIMIT, "exponent " + exponent);
        String digits = getPairs(in);
        ByteBuffer end = ByteBuffer.wrap(bytes, in.position(), in.remaining()); // not flipped
        long zeros = 0;
        if (end.hasRemaining()) {
            zeros = OrderedLong.get(end);
            require(zeros > 0 && !end.hasRemaining(), "more bytes than a number has");
        }
        require(zeros <= MAX_DIGITS - digits.length(), "more than " + MAX_DIGITS + " digits");
        BigInteger unscaled = new BigInteger(digits).multiply(BigInteger.TEN.pow((int) zeros));
        int scale = intScale(digits.length() + zeros - exponent);
        return new BigDecimal(sign == NEGATIVE ? unscaled.negate() : unscaled, scale);
    }

    /** The digits of the unscaled value, in ASCII. */
    private static byte[] digits(BigDecimal value) {
        BigInteger unscaled = value.unscaledValue().abs();
        if (unscaled.bitLength() <= MAX_BITS) {
            byte[] digits = unscaled.toString().getBytes(StandardCharsets.ISO_8859_1);
            if (digits.length <= MAX_DIGITS) {
                return digits;
            }
        }
        throw new KVSerializationException("cannot write a BigDecimal of " + value.precision()
                + " digits: the most are " + MAX_DIGITS + "; round it");
    }

    private static int withoutZeros(byte[] digits) {
        int length = digits.length;
        while (digits[length - 1] == '0') {
            length--;
        }
        return length;
    }

    private static void putPairs(ByteBuffer out, byte[] digits, int length) {
        for (int i = 0; i < length; i += 2) {
            int high = digits[i] - '0';
            int low = i + 1 < length ? digits[i + 1] - '0' : 0;
            int more = i + 2 < length ? 1 : 0;
            out.put((byte) (2 * (10 * high + low) + more));
        }
    }

    private static String getPairs(ByteBuffer in) {
        StringBuilder digits = new StringBuilder();
        int b;
        do {
            require(in.hasRemaining(), "the digits are cut short");
            b = in.get() & 0xFF;
            int pair = b >>> 1;
            require(pair < 100, "a pair of digits above 99");
            digits.append((char) ('0' + pair / 10)).append((char) ('0' + pair % 10));
        } while ((b & 1) != 0);
        int length = digits.length();
        require(digits.charAt(0) != '0', "the digits begin with 0");
        if (digits.charAt(length - 1) == '0') {
            length--;
            require(digits.charAt(length - 1) != '0', "the digits end with 0");
        }
        require(length <= MAX_DIGITS, "more than " + MAX_DIGITS + " digits");
        return digits.substring(0, length);
    }

    private static int intScale(long scale) {
        require(scale == (int) scale, "scale " + scale);
        return (int) scale;
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalArgumentException(problem);
        }
    }

    private static void flip(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
    }

    private static byte[] written(ByteBuffer out) {
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }
}
