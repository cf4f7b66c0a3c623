package io.kvstore.typed;

/**
 * Which collection of the store a handle is on. Shared by all handles on it, so that all of them notice a drop; see
 * {@link Bindings}. Thread-safe.
 */
final class Binding {
    private final String name;
    private final CatalogEntry entry;

    /** Set once, by the drop. */
    private volatile boolean dropped;

    Binding(String name, CatalogEntry entry) {
        this.name = name;
        this.entry = entry;
    }

    String name() {
        return name;
    }

    CatalogEntry entry() {
        return entry;
    }

    /** For messages: {@code map "orders"}. */
    String label() {
        return entry.shape().kind().label() + " \"" + name + '"';
    }

    void markDropped() {
        dropped = true;
    }

    void requirePresent() {
        if (dropped) {
            throw wasDropped();
        }
    }

    IllegalStateException wasDropped() {
        return new IllegalStateException(label() + " was dropped: open it again to make a new one");
    }

    /** A bucket of the collection as it was made. */
    String bucketName(BucketPart part) {
        return bucketName(part, entry.generation());
    }

    /** A bucket of the collection in a generation. */
    String bucketName(BucketPart part, long generation) {
        return part.bucketName(entry.id(), generation);
    }
}
