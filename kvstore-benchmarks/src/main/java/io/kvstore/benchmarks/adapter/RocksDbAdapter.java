package io.kvstore.benchmarks.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.Filter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with its log on: synced before each write returns, or not. No compression, since the values have nothing to
 * compress; Bloom filters of 10 bits a key; a block cache that holds all data.
 */
final class RocksDbAdapter implements Adapter {
    private static final double BLOOM_BITS = 10;
    private static final long LEAST_CACHE_BYTES = 64 << 20;

    private final Cache cache;
    private final Filter filter;
    private final Options options;
    private final WriteOptions writeOptions;
    private final RocksDB database;

    RocksDbAdapter(Path folder, Guarantee guarantee, Shape shape) throws IOException {
        RocksDB.loadLibrary();
        filter = new BloomFilter(BLOOM_BITS);
        cache = new LRUCache(Math.max(LEAST_CACHE_BYTES, 2 * shape.dataBytes()));
        options = new Options()
                .setCreateIfMissing(true)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setIncreaseParallelism(Runtime.getRuntime().availableProcessors())
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
        writeOptions = new WriteOptions().setSync(guarantee == Guarantee.POWER);
        try {
            database = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            throw new IOException(folder + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        try {
            database.put(writeOptions, key, value);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        try {
            return database.get(key);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void putAll(List<Entry> entries) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Entry entry : entries) {
                batch.put(entry.key(), entry.value());
            }
            database.write(writeOptions, batch);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void delete(byte[] key) {
        try {
            database.delete(writeOptions, key);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void scan(Visitor visitor) {
        try (RocksIterator iterator = database.newIterator()) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                visitor.visit(iterator.key(), iterator.value());
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void compact() {
        try {
            database.compactRange();
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        database.close();
        writeOptions.close();
        options.close();
        filter.close();
        cache.close();
    }
}
