package io.kvstore.benchmarks.adapter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/**
 * The hash map of MapDB in a mapped file: without its log, where the death of the process makes the file unusable, or
 * with its log and a commit, which syncs, for each write.
 */
final class MapDbAdapter implements Adapter {
    private final DB database;
    private final HTreeMap<byte[], byte[]> map;
    private final boolean synced;

    MapDbAdapter(Path folder, Guarantee guarantee) {
        synced = guarantee == Guarantee.POWER;
        DBMaker.Maker maker = DBMaker.fileDB(folder.resolve("mapdb").toFile())
                .fileMmapEnable()
                .cleanerHackEnable();
        database = (synced ? maker.transactionEnable() : maker).make();
        map = database.hashMap("entries", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY)
                .valueInline()
                .createOrOpen();
    }

    @Override
    public void put(byte[] key, byte[] value) {
        map.put(key.clone(), value);
        commit();
    }

    private void commit() {
        if (synced) {
            database.commit();
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return map.get(key);
    }

    @Override
    public void putAll(List<Entry> entries) {
        for (Entry entry : entries) {
            map.put(entry.key().clone(), entry.value());
        }
        commit();
    }

    @Override
    public void delete(byte[] key) {
        map.remove(key);
        commit();
    }

    @Override
    public void scan(Visitor visitor) {
        for (Map.Entry<byte[], byte[]> entry : map.getEntries()) {
            visitor.visit(entry.getKey(), entry.getValue());
        }
    }

    @Override
    public void compact() {
        database.getStore().compact();
    }

    @Override
    public void close() {
        database.close();
    }
}
