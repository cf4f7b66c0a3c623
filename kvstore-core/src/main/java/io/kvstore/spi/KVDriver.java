package io.kvstore.spi;

import io.kvstore.KVException;
import io.kvstore.KVStore;
import java.util.Properties;

/**
 * Opens stores by URL, for {@link KVStore#open(String, Properties)}. A module adds a kind of store by {@code provides
 * io.kvstore.spi.KVDriver with ...}; a jar on the class path, by a line in
 * {@code META-INF/services/io.kvstore.spi.KVDriver}. {@code kvstore:file:} and {@code kvstore:mem:} are built in, and
 * no driver is asked for their URLs.
 *
 * <p>A driver is a public class with a public constructor without parameters. It is made anew for each open that comes
 * to it, and may be used by any number of threads.
 */
public interface KVDriver {
    /**
     * Whether this driver opens a URL. Looks at the text alone: nothing is opened, and nobody is asked. The first
     * driver that accepts a URL gets it.
     *
     * @param url what the caller gave, not empty
     * @return true if {@link #open} is to be called with it
     */
    boolean accepts(String url);

    /**
     * Opens a store. {@link KVUrl} takes apart a URL of the usual form, and sets options in the usual order: those of
     * the URL first, then those of the properties, which win.
     *
     * @param url one that this driver accepts
     * @param properties options as text; not to be changed
     * @return the open store, which the caller closes
     * @throws KVException if it cannot be opened
     */
    KVStore open(String url, Properties properties);

    /**
     * Which URLs this driver accepts, for the error about one that nobody does.
     *
     * @return such as {@code kvstore:file:PATH}; the name of the class unless it is overridden
     */
    default String form() {
        return getClass().getName();
    }
}
