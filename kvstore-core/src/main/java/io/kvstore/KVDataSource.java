package io.kvstore;

import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a store is and how to open it, as a bean for containers and configuration frameworks: made without parameters,
 * set up by its properties {@code url} and {@code properties}, and then asked to {@link #open} the store.
 *
 * <p>It holds nothing open. All methods may be called by any number of threads; an open goes by what was set when it
 * began.
 */
public class KVDataSource {
    /** Guarded by this, as is what it refers to. */
    private Properties properties = new Properties();

    /** Guarded by this. */
    private @Nullable String url;

    /** Makes one without a URL and without properties. */
    public KVDataSource() {}

    /**
     * The URL of the store.
     *
     * @return what was set, or null
     */
    public final synchronized @Nullable String getUrl() {
        return url;
    }

    /**
     * Sets the URL of the store. It is looked at when the store is opened.
     *
     * @param newUrl as {@link KVStore#open(String)} takes it, or null for none
     */
    public final synchronized void setUrl(@Nullable String newUrl) {
        this.url = newUrl;
    }

    /**
     * The options beside those of the URL.
     *
     * @return a copy of what was set; empty if nothing was
     */
    public final synchronized Properties getProperties() {
        return copy(properties);
    }

    /**
     * Sets options beside those of the URL, over which they win, in place of all that were set before. They are looked
     * at when the store is opened.
     *
     * @param newProperties options as text; a copy is kept
     */
    public final synchronized void setProperties(Properties newProperties) {
        this.properties = copy(newProperties);
    }

    /**
     * Opens the store.
     *
     * @return the open store; close it
     * @throws KVException as {@link KVStore#open(String, Properties)}; with code {@link KVErrorCode#INVALID_URL} if no
     *     URL was set
     */
    public KVStore open() {
        String where;
        Properties how;
        synchronized (this) {
            where = url;
            how = copy(properties);
        }
        if (where == null) {
            throw new KVException(KVErrorCode.INVALID_URL, "the data source has no URL: call setUrl before open");
        }
        return KVStore.open(where, how);
    }

    /** What a copy of properties must have of its own: their defaults too. What is no text stays, for open to tell. */
    private static Properties copy(Properties original) {
        Properties copy = new Properties();
        for (String name : original.stringPropertyNames()) {
            copy.setProperty(name, original.getProperty(name));
        }
        copy.putAll(original);
        return copy;
    }

    @Override
    public final String toString() {
        return "KVDataSource[" + getUrl() + "]";
    }
}
