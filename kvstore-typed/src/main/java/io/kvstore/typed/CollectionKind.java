package io.kvstore.typed;

/** What a collection is; the store remembers it by the {@link #label()}. */
public enum CollectionKind {
    /** A {@link KVMap}. */
    MAP("map"),
    /** A {@link KVSet}. */
    SET("set"),
    /** A {@link KVQueue}. */
    QUEUE("queue"),
    /** A {@link KVCounter}. */
    COUNTER("counter"),
    /** A {@link KVMultimap}. */
    MULTIMAP("multimap");

    private final String label;

    CollectionKind(String label) {
        this.label = label;
    }

    /**
     * The word for it in the store and in messages.
     *
     * @return lower case; never changes
     */
    public String label() {
        return label;
    }
}
