package io.kvstore.benchmarks.ycsb;

import io.kvstore.KVBucket;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.Vector;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.DBException;
import site.ycsb.Status;

/**
 * The YCSB binding: {@code -db io.kvstore.benchmarks.ycsb.KvstoreClient}. A table is a bucket, a record one value that
 * holds all its fields. Scans are not implemented, since kvstore keeps no order of keys.
 *
 * <p>Properties: {@code kvstore.url} (default {@code kvstore:file:ycsb}), with options behind a question mark. YCSB
 * makes one of these for each thread; all of a process share one store, which the first opens and the last closes.
 */
public final class KvstoreClient extends DB {
    private static final String URL = "kvstore.url";
    private static final String DEFAULT_URL = "kvstore:file:ycsb";

    // Static, since YCSB gives its clients no other place to share anything. Guarded by the class.
    private static @Nullable KVStore shared;
    private static int clients;

    private @Nullable KVStore store;

    /** For YCSB. */
    public KvstoreClient() {}

    @Override
    public void init() throws DBException {
        String url = getProperties().getProperty(URL, DEFAULT_URL);
        synchronized (KvstoreClient.class) {
            try {
                KVStore opened = shared == null ? KVStore.open(url, new Properties()) : shared;
                shared = opened;
                clients++;
                store = opened;
            } catch (KVException e) {
                throw new DBException(url + " cannot be opened: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void cleanup() {
        synchronized (KvstoreClient.class) {
            if (store != null && --clients == 0) {
                store.close();
                shared = null;
            }
            store = null;
        }
    }

    private KVBucket bucket(String table) {
        KVStore open = store;
        if (open == null) {
            throw new IllegalStateException("the client is not initialized, or was cleaned up");
        }
        return open.bucket(table);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Status read(String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
        byte[] value = bucket(table).get(bytes(key));
        if (value == null) {
            return Status.NOT_FOUND;
        }
        FieldCodec.decode(value).forEach((name, bytes) -> {
            if (fields == null || fields.contains(name)) {
                result.put(name, new ByteArrayByteIterator(bytes));
            }
        });
        return Status.OK;
    }

    @Override
    @SuppressWarnings("NonApiType") // as YCSB has it
    public Status scan(
            String table,
            String startKey,
            int count,
            @Nullable Set<String> fields,
            Vector<HashMap<String, ByteIterator>> result) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public Status update(String table, String key, Map<String, ByteIterator> values) {
        KVBucket bucket = bucket(table);
        Map<String, byte[]> changed = toBytes(values);
        byte[] bytes = bytes(key);
        for (byte[] before = bucket.get(bytes); before != null; before = bucket.get(bytes)) {
            Map<String, byte[]> fields = FieldCodec.decode(before);
            fields.putAll(changed);
            if (bucket.replace(bytes, before, FieldCodec.encode(fields))) {
                return Status.OK;
            }
        }
        return Status.NOT_FOUND;
    }

    @Override
    public Status insert(String table, String key, Map<String, ByteIterator> values) {
        bucket(table).put(bytes(key), FieldCodec.encode(toBytes(values)));
        return Status.OK;
    }

    @Override
    public Status delete(String table, String key) {
        return bucket(table).delete(bytes(key)) ? Status.OK : Status.NOT_FOUND;
    }

    private static Map<String, byte[]> toBytes(Map<String, ByteIterator> values) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        values.forEach((name, value) -> bytes.put(name, value.toArray()));
        return bytes;
    }
}
