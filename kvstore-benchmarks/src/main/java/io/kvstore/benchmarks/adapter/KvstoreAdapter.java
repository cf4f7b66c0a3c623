package io.kvstore.benchmarks.adapter;

import io.kvstore.Durability;
import io.kvstore.KVBatch;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** kvstore with default options, but for the durability. */
final class KvstoreAdapter implements Adapter {
    private final KVStore store;

    KvstoreAdapter(Path folder, Guarantee guarantee, boolean merging) {
        Durability durability = guarantee == Guarantee.POWER ? Durability.SYNC : Durability.OS;
        store = KVStore.open(
                folder,
                KVOptions.builder().durability(durability).autoMerge(merging).build());
    }

    @Override
    public void put(byte[] key, byte[] value) {
        store.put(key, value);
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return store.get(key);
    }

    @Override
    public void putAll(List<Entry> entries) {
        try (KVBatch batch = store.batch()) {
            for (Entry entry : entries) {
                batch.put(entry.key(), entry.value());
            }
            batch.commit();
        }
    }

    @Override
    public void delete(byte[] key) {
        store.delete(key);
    }

    @Override
    public void scan(Visitor visitor) {
        try (KVCursor cursor = store.scan()) {
            while (cursor.next()) {
                visitor.visit(cursor.key(), cursor.value());
            }
        }
    }

    @Override
    public void compact() {
        store.merge();
    }

    @Override
    public void close() {
        store.close();
    }
}
