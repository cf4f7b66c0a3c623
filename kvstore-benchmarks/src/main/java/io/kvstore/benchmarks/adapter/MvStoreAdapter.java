package io.kvstore.benchmarks.adapter;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/**
 * The MVStore of H2: it writes by itself each second, so that the death of the process may lose that much; or a commit
 * and a sync for each write. A cache that holds all data.
 */
final class MvStoreAdapter implements Adapter {
    private static final int LEAST_CACHE_MB = 16;

    private final MVStore store;
    private final MVMap<byte[], byte[]> map;
    private final boolean synced;

    MvStoreAdapter(Path folder, Guarantee guarantee, Shape shape) {
        synced = guarantee == Guarantee.POWER;
        MVStore.Builder builder = new MVStore.Builder()
                .fileName(folder.resolve("mvstore").toString())
                .cacheSize((int) Math.max(LEAST_CACHE_MB, 2 * (shape.dataBytes() >> 20)));
        if (synced) {
            builder.autoCommitDisabled();
        }
        store = builder.open();
        map = store.openMap(
                "entries",
                new MVMap.Builder<byte[], byte[]>().keyType(new KeyType()).valueType(ByteArrayDataType.INSTANCE));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        map.put(key.clone(), value.clone());
        sync();
    }

    private void sync() {
        if (synced) {
            store.commit();
            store.sync();
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        byte[] value = map.get(key);
        return value == null ? null : value.clone();
    }

    @Override
    public void putAll(List<Entry> entries) {
        for (Entry entry : entries) {
            map.put(entry.key().clone(), entry.value().clone());
        }
        sync();
    }

    @Override
    public void delete(byte[] key) {
        map.remove(key);
        sync();
    }

    @Override
    public void scan(Visitor visitor) {
        Cursor<byte[], byte[]> cursor = map.cursor(null);
        while (cursor.hasNext()) {
            byte[] key = cursor.next();
            visitor.visit(key.clone(), cursor.getValue().clone());
        }
    }

    @Override
    public void compact() {
        store.commit();
        store.compactFile(10_000);
    }

    @Override
    public void close() {
        store.close();
    }

    /** Bytes that are in order, which {@link ByteArrayDataType} is not. */
    private static final class KeyType extends BasicDataType<byte[]> {
        @Override
        public int compare(byte[] a, byte[] b) {
            return Arrays.compareUnsigned(a, b);
        }

        @Override
        public int getMemory(byte[] key) {
            return ByteArrayDataType.INSTANCE.getMemory(key);
        }

        @Override
        public void write(WriteBuffer buffer, byte[] key) {
            ByteArrayDataType.INSTANCE.write(buffer, key);
        }

        @Override
        public byte[] read(ByteBuffer buffer) {
            return ByteArrayDataType.INSTANCE.read(buffer);
        }

        @Override
        public byte[][] createStorage(int size) {
            return new byte[size][];
        }
    }
}
