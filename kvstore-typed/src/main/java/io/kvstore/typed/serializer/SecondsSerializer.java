package io.kvstore.typed.serializer;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Points and spans of time as seconds and nanoseconds: 12 bytes that sort as time goes.
 *
 * <pre>
 *   0  i64  seconds, sign bit flipped
 *   8  u32  nanoseconds of the second, 0 to 999,999,999
 * </pre>
 *
 * <p>Immutable.
 */
final class SecondsSerializer<T> implements Serializer<T> {
    private static final int SIZE = Long.BYTES + Integer.BYTES;
    private static final int MAX_NANOS = 999_999_999;

    private final String id;
    private final ToLongFunction<T> seconds;
    private final ToIntFunction<T> nanos;
    private final Joined<T> join;

    /** Puts a value together. */
    interface Joined<T> {
        T of(long seconds, int nanos);
    }

    SecondsSerializer(String id, ToLongFunction<T> seconds, ToIntFunction<T> nanos, Joined<T> join) {
        this.id = id;
        this.seconds = seconds;
        this.nanos = nanos;
        this.join = join;
    }

    @Override
    public byte[] serialize(T value) {
        Objects.requireNonNull(value, "value");
        return ByteBuffer.allocate(SIZE)
                .putLong(seconds.applyAsLong(value) ^ Long.MIN_VALUE)
                .putInt(nanos.applyAsInt(value))
                .array();
    }

    @Override
    public T deserialize(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw KVSerializationException.unreadable(id, SIZE + " bytes expected, " + bytes.length + " found");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long s = buffer.getLong() ^ Long.MIN_VALUE;
        int n = buffer.getInt();
        if (n < 0 || n > MAX_NANOS) {
            throw KVSerializationException.unreadable(id, Integer.toUnsignedString(n) + " nanoseconds of a second");
        }
        try {
            return join.of(s, n);
        } catch (DateTimeException e) {
            throw KVSerializationException.unreadable(id, s + " seconds are out of range", e);
        }
    }

    @Override
    public String id() {
        return id;
    }
}
