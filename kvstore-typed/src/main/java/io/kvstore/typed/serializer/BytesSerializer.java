package io.kvstore.typed.serializer;

/** Bytes as they are, copied both ways. Stateless. */
final class BytesSerializer implements Serializer<byte[]> {
    @Override
    public byte[] serialize(byte[] value) {
        return value.clone();
    }

    @Override
    public byte[] deserialize(byte[] bytes) {
        return bytes.clone();
    }

    @Override
    public String id() {
        return "bytes";
    }
}
