package io.kvstore.internal.recovery;

import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.ManifestLayout.ListedBucket;
import io.kvstore.internal.index.BucketCatalog;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The buckets that the manifest lists, and what the log says of buckets since. Belongs to one thread. */
final class RecoveredBuckets {
    private final Map<Integer, ListedBucket> buckets = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final int lastListedId;
    private int lastId;

    RecoveredBuckets(ManifestLayout manifest) {
        for (ListedBucket bucket : manifest.buckets()) {
            buckets.put(bucket.id(), bucket);
            names.add(bucket.name());
        }
        lastListedId = manifest.lastBucketId();
        lastId = lastListedId;
    }

    /**
     * Repeats what a record says. What it says of ids that the manifest knows may be older than the manifest: then it
     * changes nothing.
     *
     * @return what is wrong with it; null if nothing
     */
    @Nullable
    String apply(BucketEvent event) {
        return event.dropped() ? drop(event) : declare(event);
    }

    private @Nullable String declare(BucketEvent event) {
        if (event.id() > 0 && event.id() <= lastListedId) {
            return null;
        }
        if (event.id() <= lastId) {
            return "bucket id " + event.id() + " after id " + lastId;
        }
        if (!names.add(event.name())) {
            return "second bucket of name \"" + event.name() + "\"";
        }
        lastId = event.id();
        buckets.put(event.id(), new ListedBucket(event.id(), event.name(), false));
        return null;
    }

    private @Nullable String drop(BucketEvent event) {
        if (event.id() == BucketCatalog.DEFAULT_ID) {
            return "the default bucket is dropped";
        }
        ListedBucket dropped = buckets.remove(event.id());
        if (dropped != null) {
            names.remove(dropped.name());
        } else if (event.id() > lastListedId || event.id() < 0) {
            return "no bucket has the id " + event.id();
        }
        return null;
    }

    int lastId() {
        return lastId;
    }

    Collection<ListedBucket> all() {
        return buckets.values();
    }

    /** Whether a bucket was ever declared, or is the default one. */
    boolean isKnown(int id) {
        return id >= 0 && id <= lastId;
    }
}
