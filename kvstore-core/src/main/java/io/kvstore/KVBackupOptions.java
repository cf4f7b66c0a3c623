package io.kvstore;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How to make a backup. Immutable; {@link #builder()} makes one. */
public final class KVBackupOptions {
    private static final KVBackupOptions DEFAULTS = builder().build();

    private final boolean hardLinks;
    private final @Nullable Path previous;
    private final Consumer<KVBackupProgress> listener;

    private KVBackupOptions(Builder builder) {
        hardLinks = builder.hardLinks;
        previous = builder.previous;
        listener = builder.listener;
    }

    /**
     * The options of {@link KVStore#backup(Path)}.
     *
     * @return the defaults
     */
    public static KVBackupOptions defaults() {
        return DEFAULTS;
    }

    /**
     * A builder that starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Whether files that do not change any more become a hard link in the backup, where the file system can do that:
     * that takes no time and no space, but damage to such a file is damage to both. Default true; false copies all.
     *
     * @return true if they do
     */
    public boolean hardLinks() {
        return hardLinks;
    }

    /**
     * An older, complete backup of the same store: files that it has already become a hard link to its file, where they
     * can be none to the store's own. They are told by their beginning and end: damage in between is taken over, so
     * verify the older backup first. It must not be open for writing meanwhile. Default none.
     *
     * @return its directory, or null
     */
    public @Nullable Path previous() {
        return previous;
    }

    /**
     * What is told of the progress, after each file, on the thread that makes the backup. If it throws, the backup is
     * given up. Default nothing.
     *
     * @return the listener
     */
    public Consumer<KVBackupProgress> listener() {
        return listener;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private boolean hardLinks = true;
        private @Nullable Path previous;
        private Consumer<KVBackupProgress> listener = progress -> {};

        private Builder() {}

        /**
         * Sets {@link KVBackupOptions#hardLinks()}.
         *
         * @param link false to copy all
         * @return this builder
         */
        public Builder hardLinks(boolean link) {
            this.hardLinks = link;
            return this;
        }

        /**
         * Sets {@link KVBackupOptions#previous()}.
         *
         * @param directory of an older backup
         * @return this builder
         */
        public Builder previous(Path directory) {
            this.previous = Objects.requireNonNull(directory, "previous");
            return this;
        }

        /**
         * Sets {@link KVBackupOptions#listener()}.
         *
         * @param told of the progress
         * @return this builder
         */
        public Builder listener(Consumer<KVBackupProgress> told) {
            this.listener = Objects.requireNonNull(told, "listener");
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options, which do not change with this builder
         */
        public KVBackupOptions build() {
            return new KVBackupOptions(this);
        }
    }
}
