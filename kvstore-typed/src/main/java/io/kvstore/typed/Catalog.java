package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What collections there are: the bucket {@link #BUCKET} has an entry for each, by name, and under the key without
 * bytes the highest id so far. A collection exists while it has an entry; buckets of an id or a generation that no
 * entry names are what a crash has left of a drop or a clear, and go with the next {@link #sweep}.
 *
 * <p>Thread-safe; all state is in the store.
 */
final class Catalog {
    static final String BUCKET = BucketPart.PREFIX + "collections";

    private static final int MAX_NAME_BYTES = 255;
    private static final byte[] LAST_ID = {};

    private final KVStore store;
    private final KVBucket bucket;

    Catalog(KVStore store) {
        this.store = store;
        this.bucket = store.bucket(BUCKET);
    }

    /** The key of a collection in the catalog. */
    static byte[] key(String name) {
        byte[] bytes = utf8(name);
        if (bytes == null || bytes.length == 0 || bytes.length > MAX_NAME_BYTES) {
            throw new KVException(
                    KVErrorCode.INVALID_BUCKET_NAME,
                    "collection name \"" + shortened(name) + "\" makes "
                            + (bytes == null ? "no" : bytes.length + " bytes of")
                            + " UTF-8: a name has 1 to " + MAX_NAME_BYTES + " bytes; choose another one");
        }
        return bytes;
    }

    private static byte @Nullable [] utf8(String name) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String shortened(String name) {
        int most = 40;
        return name.length() <= most ? name : name.substring(0, most) + "...";
    }

    /** The entry of a collection, which is made if there is none, and has to be of a shape. */
    CatalogEntry open(String name, Shape shape) {
        byte[] key = key(name);
        byte[] present = bucket.get(key);
        CatalogEntry entry = present != null ? CatalogEntry.decode(name, present) : make(name, key, shape);
        if (!entry.shape().fits(shape)) {
            throw new KVException(
                    KVErrorCode.WRONG_COLLECTION,
                    "collection \"" + name + "\" is " + entry.shape().describe() + ", and cannot be opened as "
                            + shape.describe() + ": open it as what it is, drop it, or choose another name");
        }
        return entry;
    }

    private CatalogEntry make(String name, byte[] key, Shape shape) {
        try {
            return store.transact(tx -> {
                KVBucket entries = tx.bucket(BUCKET);
                byte[] present = entries.get(key);
                if (present != null) {
                    return CatalogEntry.decode(name, present);
                }
                byte[] last = entries.get(LAST_ID);
                CatalogEntry made = new CatalogEntry(last == null ? 1 : Numbers.read(last) + 1, 0, shape);
                entries.put(LAST_ID, Numbers.bytes(made.id()));
                entries.put(key, made.encode());
                return made;
            });
        } catch (KVException e) {
            if (e.code() == KVErrorCode.READ_ONLY) {
                // Empty for whoever reads; a write is refused by the store.
                return new CatalogEntry(0, 0, shape);
            }
            throw e;
        }
    }

    /** Whether the collection of a name is still the one that has an id. */
    boolean has(String name, long id) {
        byte[] entry = bucket.get(key(name));
        return entry != null && CatalogEntry.id(entry) == id;
    }

    /** All collections, by name. */
    Map<String, CatalogEntry> all() {
        Map<String, CatalogEntry> all = new TreeMap<>();
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                if (cursor.key().length > 0) {
                    String name = new String(cursor.key(), StandardCharsets.UTF_8);
                    all.put(name, CatalogEntry.decode(name, cursor.value()));
                }
            }
        }
        return all;
    }

    /**
     * Removes a collection. It is gone with its entry; a crash right after that leaves buckets without one.
     *
     * @return its entry; null if there was none
     */
    @Nullable
    CatalogEntry remove(String name) {
        byte[] key = key(name);
        return store.transact(tx -> {
            KVBucket entries = tx.bucket(BUCKET);
            byte[] present = entries.get(key);
            entries.delete(key);
            return present == null ? null : CatalogEntry.decode(name, present);
        });
    }

    /** Drops the buckets of a collection that was removed. */
    void dropBuckets(CatalogEntry removed) {
        for (BucketPart part : BucketPart.of(removed.shape().kind())) {
            dropUnreferenced(store, part.bucketName(removed.id(), removed.generation()));
        }
    }

    /**
     * Drops the buckets that belong to no collection. The buckets are listed before the entries are read: an entry is
     * always committed before the first write to its buckets, and never comes back, so that a bucket without one then
     * is without one for ever.
     */
    void sweep() {
        Set<String> names = store.bucketNames();
        Set<String> owners = new HashSet<>();
        all().values().forEach(entry -> owners.add(BucketPart.owner(entry.id(), entry.generation())));
        for (String name : names) {
            String owner = BucketPart.ownerOf(name);
            if (owner != null && !owners.contains(owner)) {
                dropUnreferenced(store, name);
            }
        }
    }

    /**
     * Drops a bucket that nothing refers to any more. What made it so has been committed and must not be told as
     * failed, so an error, such as that the store is read-only or that the disk is full, is passed over: the bucket
     * takes space, and the next {@link #sweep} drops it.
     */
    static void dropUnreferenced(KVStore store, String bucketName) {
        try {
            store.dropBucket(bucketName);
        } catch (KVException e) {
            // Nobody sees the bucket.
        }
    }
}
