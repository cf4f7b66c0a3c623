package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import io.kvstore.typed.BucketPart.Owner;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What collections there are: the bucket {@link #BUCKET} has an entry for each, by name, and under the key without
 * bytes the highest id so far. A collection exists while it has an entry. Under the byte 0xFF, which is in no name, and
 * an id it says that the collection of that id was dropped, until the next {@link #sweep}: its buckets may not be gone
 * yet, or be made anew by a handle that has not seen the drop.
 *
 * <p>What a crash has left of a drop or a clear goes with the next {@link #sweep}: the buckets of ids that were
 * dropped, and of generations below that of their collection. Others stay, though no entry names them: a
 * {@link KVStore#repair} may have lost the entry, or an older one may have come to light, and what it has saved must
 * not be thrown away.
 *
 * <p>Thread-safe; all state is in the store, but for {@link #highestId}.
 */
final class Catalog {
    static final String BUCKET = BucketPart.PREFIX + "collections";

    private static final int MAX_NAME_BYTES = 255;
    private static final byte[] LAST_ID = {};
    private static final byte DROPPED = (byte) 0xFF;

    private final KVStore store;
    private final KVBucket bucket;

    /** The highest id that any bucket had when they were swept: the one that is stored may be lost. */
    private volatile long highestId;

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
                long highest = Math.max(highestId, last == null ? 0 : Numbers.read(last));
                CatalogEntry made = new CatalogEntry(highest + 1, 0, shape);
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
        return read().collections();
    }

    /**
     * What the catalog says.
     *
     * @param collections by name
     * @param dropped ids of collections that were dropped
     */
    private record Contents(Map<String, CatalogEntry> collections, Set<Long> dropped) {}

    private Contents read() {
        Contents contents = new Contents(new TreeMap<>(), new HashSet<>());
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                if (key.length == 1 + Long.BYTES && key[0] == DROPPED) {
                    contents.dropped().add(Numbers.read(key, 1));
                } else if (key.length > 0 && key[0] != DROPPED) {
                    String name = new String(key, StandardCharsets.UTF_8);
                    contents.collections().put(name, CatalogEntry.decode(name, cursor.value()));
                }
            }
        }
        return contents;
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
            if (present == null) {
                return null;
            }
            CatalogEntry removed = CatalogEntry.decode(name, present);
            entries.delete(key);
            entries.put(droppedKey(removed.id()), new byte[0]);
            return removed;
        });
    }

    /** Drops the buckets of a collection that was removed. */
    void dropBuckets(CatalogEntry removed) {
        for (BucketPart part : BucketPart.of(removed.shape().kind())) {
            dropUnreferenced(store, part.bucketName(removed.id(), removed.generation()));
        }
    }

    private static byte[] droppedKey(long id) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(DROPPED).putLong(id).array();
    }

    private void forgetDrop(long id) {
        try {
            bucket.delete(droppedKey(id));
        } catch (KVException e) {
            // The next sweep does it.
        }
    }

    /**
     * Drops what a crash has left of drops and clears, and finds the entries that a repair has set back. The buckets
     * are listed before the entries are read: a generation is always in the entry before the first write to its
     * buckets, so that one which is higher than in the entry says that the entry is not the last there was.
     */
    void sweep() {
        Set<String> names = store.bucketNames();
        Contents contents = read();
        Map<Long, String> nameOf = new HashMap<>();
        Map<Long, Long> generations = new HashMap<>();
        contents.collections().forEach((name, entry) -> {
            nameOf.put(entry.id(), name);
            generations.put(entry.id(), entry.generation());
        });
        Set<Long> dropped = contents.dropped();
        for (String name : names) {
            Owner owner = BucketPart.ownerOf(name);
            if (owner != null) {
                highestId = Math.max(highestId, owner.id());
                Long generation = generations.get(owner.id());
                if (dropped.contains(owner.id()) || (generation != null && owner.generation() < generation)) {
                    if (!dropUnreferenced(store, name)) {
                        dropped.remove(owner.id());
                    }
                } else if (generation != null && owner.generation() > generation) {
                    setGeneration(Objects.requireNonNull(nameOf.get(owner.id())), owner);
                }
            }
        }
        dropped.forEach(this::forgetDrop);
    }

    /** Raises the generation of a collection to one that it has had. */
    private void setGeneration(String name, Owner owner) {
        byte[] key = key(name);
        try {
            byte[] entry = bucket.get(key);
            if (entry != null
                    && CatalogEntry.id(entry) == owner.id()
                    && CatalogEntry.generation(entry) < owner.generation()) {
                CatalogEntry raised = CatalogEntry.decode(name, entry).withGeneration(owner.generation());
                bucket.replace(key, entry, raised.encode());
            }
        } catch (KVException e) {
            // Of a store that is read-only, or full: it is read as it is.
        }
    }

    /**
     * Drops a bucket that nothing refers to any more. What made it so has been committed and must not be told as
     * failed, so an error, such as that the store is read-only or that the disk is full, is passed over: the bucket
     * takes space, and the next {@link #sweep} drops it.
     *
     * @return whether it is gone
     */
    static boolean dropUnreferenced(KVStore store, String bucketName) {
        try {
            store.dropBucket(bucketName);
            return true;
        } catch (KVException e) {
            // Nobody sees the bucket.
            return false;
        }
    }
}
