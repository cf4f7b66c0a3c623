package io.kvstore.benchmarks.adapter;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A {@link ConcurrentHashMap} that copies keys and values in and values out: what memory alone can do. */
final class HashMapAdapter implements Adapter {
    private final ConcurrentHashMap<ByteBuffer, byte[]> map = new ConcurrentHashMap<>();

    @Override
    public void put(byte[] key, byte[] value) {
        map.put(ByteBuffer.wrap(key.clone()), value.clone());
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        byte[] value = map.get(ByteBuffer.wrap(key));
        return value == null ? null : value.clone();
    }

    @Override
    public void delete(byte[] key) {
        map.remove(ByteBuffer.wrap(key));
    }

    @Override
    @SuppressWarnings("ByteBufferBackingArray") // put has wrapped whole arrays
    public void scan(Visitor visitor) {
        map.forEach((key, value) -> visitor.visit(key.array().clone(), value.clone()));
    }

    @Override
    public void close() {}
}
