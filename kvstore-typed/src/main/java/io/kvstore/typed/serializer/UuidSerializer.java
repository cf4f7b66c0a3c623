package io.kvstore.typed.serializer;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;

/**
 * The 16 bytes of a UUID in the order of its text form, as RFC 9562 has it. They sort as the text does, and those of
 * version 7 by time; {@link UUID#compareTo} differs: it takes the halves as signed numbers.
 *
 * <p>Stateless.
 */
final class UuidSerializer implements Serializer<UUID> {
    private static final int SIZE = 2 * Long.BYTES;

    @Override
    public byte[] serialize(UUID value) {
        Objects.requireNonNull(value, "value");
        return ByteBuffer.allocate(SIZE)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    @Override
    public UUID deserialize(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw KVSerializationException.unreadable(id(), SIZE + " bytes expected, " + bytes.length + " found");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    @Override
    public String id() {
        return "uuid";
    }
}
