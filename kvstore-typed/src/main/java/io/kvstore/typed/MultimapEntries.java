package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a multimap as bytes. Three buckets have them: {@code entries} has under each key and value the number
 * of a slot, {@code slots} under each key and slot the value, and {@code counts} under each key how many values it has.
 * The slots of a key are 0 to its count, without a gap: a new value gets the next one, and where one is removed, the
 * last moves into its place. So whatever the number of values, one is added or removed by a handful of small writes,
 * which are committed as one, and the values of a key are found without looking at others.
 *
 * <p><b>Generations.</b> A clear raises the generation of the collection in the catalog, which is part of the names of
 * the buckets, at one moment, and then drops those of the old one, that nothing refers to any more. Each write reads
 * the generation in its transaction, so that none goes to buckets that a clear has left behind. A lookup reads it
 * first: from the clear on nothing is written to the old buckets, so what is found there is as it was right before, and
 * what is missing there as right after the clear; both moments are after the lookup began.
 *
 * <p>As thread-safe as the scope.
 */
final class MultimapEntries {
    /** So many values of a key are removed in one commit, unless it is part of a transaction. */
    private static final int REMOVED_AT_ONCE = 4096;

    private final Binding binding;
    private final Scope scope;
    private final byte[] catalogKey;

    /** The buckets of the generation seen last, for lookups. Any thread may set it, to whichever it has seen. */
    private volatile Parts known;

    /** The buckets of a generation. */
    private record Parts(long generation, KVBucket entries, KVBucket slots, KVBucket counts) {}

    MultimapEntries(Binding binding, Scope scope) {
        this.binding = binding;
        this.scope = scope;
        this.catalogKey = Catalog.key(binding.name());
        this.known = open(scope, binding.entry().generation());
    }

    private Parts open(Buckets buckets, long generation) {
        return new Parts(
                generation,
                buckets.bucket(binding.bucketName(BucketPart.ENTRIES, generation)),
                buckets.bucket(binding.bucketName(BucketPart.SLOTS, generation)),
                buckets.bucket(binding.bucketName(BucketPart.COUNTS, generation)));
    }

    /** The present generation. */
    private long generation(Buckets buckets) {
        binding.requirePresent();
        if (binding.entry().id() == 0) {
            return 0;
        }
        byte[] entry = buckets.bucket(Catalog.BUCKET).get(catalogKey);
        if (entry == null || CatalogEntry.id(entry) != binding.entry().id()) {
            throw binding.wasDropped();
        }
        return CatalogEntry.generation(entry);
    }

    /** The buckets to look into. */
    private Parts current() {
        long generation = generation(scope);
        Parts parts = known;
        if (parts.generation() != generation) {
            parts = open(scope, generation);
            known = parts;
        }
        return parts;
    }

    /** The buckets to change, in a transaction. */
    private Parts current(Buckets buckets) {
        return buckets == scope ? current() : open(buckets, generation(buckets));
    }

    /** Adds a value to those of a key; false if it is there. */
    boolean put(byte[] key, byte[] value) {
        byte[] entry = MultimapKeys.entry(binding, key, value);
        return scope.atomically(buckets -> {
            Parts parts = current(buckets);
            if (parts.entries().get(entry) != null) {
                return false;
            }
            long count = count(parts, key);
            parts.entries().put(entry, Numbers.bytes(count));
            parts.slots().put(MultimapKeys.slot(binding, key, count), value);
            parts.counts().put(key, Numbers.bytes(count + 1));
            return true;
        });
    }

    /** Removes a value of a key; false if it is not there. */
    boolean remove(byte[] key, byte[] value) {
        byte[] entry = MultimapKeys.entry(binding, key, value);
        return scope.atomically(buckets -> {
            Parts parts = current(buckets);
            byte[] slot = parts.entries().get(entry);
            if (slot == null) {
                return false;
            }
            long last = count(parts, key) - 1;
            if (Numbers.read(slot) != last) {
                byte[] moved = valueAt(parts, key, last);
                parts.slots().put(MultimapKeys.slot(binding, key, Numbers.read(slot)), moved);
                parts.entries().put(MultimapKeys.entry(binding, key, moved), slot);
            }
            parts.entries().delete(entry);
            parts.slots().delete(MultimapKeys.slot(binding, key, last));
            setCount(parts, key, last);
            return true;
        });
    }

    /**
     * Removes all values of a key, thousands at a time; false if there are none. What is added meanwhile may stay: it
     * ends, whatever others do.
     */
    boolean removeAll(byte[] key) {
        long found = scope.atomically(buckets -> removeLast(current(buckets), key));
        boolean any = found > 0;
        for (long rounds = (found - 1) / REMOVED_AT_ONCE; rounds > 0 && found > REMOVED_AT_ONCE; rounds--) {
            found = scope.atomically(buckets -> removeLast(current(buckets), key));
        }
        return any;
    }

    /** Removes the last values of a key, so that none has to move; returns how many there were. */
    private long removeLast(Parts parts, byte[] key) {
        long count = count(parts, key);
        long left = Math.max(0, count - REMOVED_AT_ONCE);
        for (long slot = left; slot < count; slot++) {
            parts.entries().delete(MultimapKeys.entry(binding, key, valueAt(parts, key, slot)));
            parts.slots().delete(MultimapKeys.slot(binding, key, slot));
        }
        if (count > 0) {
            setCount(parts, key, left);
        }
        return count;
    }

    private static long count(Parts parts, byte[] key) {
        byte[] count = parts.counts().get(key);
        return count == null ? 0 : Numbers.read(count);
    }

    private static void setCount(Parts parts, byte[] key, long count) {
        if (count == 0) {
            parts.counts().delete(key);
        } else {
            parts.counts().put(key, Numbers.bytes(count));
        }
    }

    private byte[] valueAt(Parts parts, byte[] key, long slot) {
        byte[] value = parts.slots().get(MultimapKeys.slot(binding, key, slot));
        if (value == null) {
            throw new KVException(
                    KVErrorCode.CORRUPTION,
                    binding.label() + ": bucket " + parts.slots().name() + " has no value number " + slot
                            + " of a key that has more; another program wrote to the buckets of the typed layer, or"
                            + " values were lost in a repair: copy what is left into a new multimap");
        }
        return value;
    }

    boolean contains(byte[] key, byte[] value) {
        return current().entries().containsKey(MultimapKeys.entry(binding, key, value));
    }

    boolean containsKey(byte[] key) {
        return current().counts().containsKey(key);
    }

    /** How many values a key has. */
    long count(byte[] key) {
        return count(current(), key);
    }

    /** The value in a slot of a key; null if there is none. */
    byte @Nullable [] value(byte[] key, long slot) {
        return current().slots().get(MultimapKeys.slot(binding, key, slot));
    }

    /** Number of all entries. */
    long size() {
        return current().entries().size();
    }

    /** Number of keys. */
    long keyCount() {
        return current().counts().size();
    }

    /** The bucket whose keys are those of the multimap. */
    KVBucket keys() {
        return current().counts();
    }

    /** The bucket whose keys are those of {@link MultimapKeys#entry}. */
    KVBucket entries() {
        return current().entries();
    }

    /** Removes all entries. */
    void clear() {
        Parts old = scope.atomically(buckets -> {
            Parts parts = current(buckets);
            KVBucket catalog = buckets.bucket(Catalog.BUCKET);
            byte[] entry = catalog.get(catalogKey);
            if (entry != null) {
                catalog.put(
                        catalogKey,
                        CatalogEntry.decode(binding.name(), entry)
                                .withGeneration(CatalogEntry.generation(entry) + 1)
                                .encode());
            }
            return parts;
        });
        scope.dropUnreferenced(old.entries().name());
        scope.dropUnreferenced(old.slots().name());
        scope.dropUnreferenced(old.counts().name());
    }
}
