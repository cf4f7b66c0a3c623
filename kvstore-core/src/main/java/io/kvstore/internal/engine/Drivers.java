package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVStore;
import io.kvstore.spi.KVDriver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the driver for a URL: those that are built in come first, so that nothing on the path can break or take over
 * their URLs; then those that the context class loader of the thread finds, and those that the class loader of this
 * module finds. One that is broken is passed over, and told of only if no other accepts the URL.
 */
public final class Drivers {
    private static final List<KVDriver> BUILT_IN = List.of(new FileDriver(), new MemoryDriver());

    /** After so many in a row a class loader is given up: it may fail for ever without getting on. */
    private static final int MAX_FAILURES = 100;

    private final String url;
    private final Set<Class<?>> asked = new HashSet<>();
    private final List<String> forms = new ArrayList<>();

    /** What was broken, by its text: two class loaders may lead to the same. */
    private final Map<String, Error> failures = new LinkedHashMap<>();

    private Drivers(String url) {
        this.url = url;
    }

    /**
     * Opens a store by its URL.
     *
     * @param url of the store
     * @param properties options as text
     * @return the store
     * @throws KVException as {@link KVStore#open(String, Properties)} says
     */
    public static KVStore open(@Nullable String url, Properties properties) {
        if (url == null || url.isBlank()) {
            throw new KVException(
                    KVErrorCode.INVALID_URL,
                    (url == null ? "the URL is null" : "the URL is empty")
                            + ": give one such as kvstore:file:data/orders");
        }
        KVDriver driver = new Drivers(url).find();
        KVStore store = driver.open(url, properties);
        if (store == null) {
            throw new KVException(
                    KVErrorCode.INVALID_URL,
                    "driver " + driver.getClass().getName() + " accepted the URL \"" + url
                            + "\" and opened nothing: that is a fault of the driver");
        }
        return store;
    }

    private KVDriver find() {
        KVDriver found = find(BUILT_IN.iterator());
        if (found == null) {
            found = find(load(Thread.currentThread().getContextClassLoader()));
        }
        if (found == null) {
            found = find(load(KVDriver.class.getClassLoader()));
        }
        if (found == null) {
            throw notFound();
        }
        return found;
    }

    private static Iterator<KVDriver> load(@Nullable ClassLoader loader) {
        return ServiceLoader.load(KVDriver.class, loader).iterator();
    }

    private @Nullable KVDriver find(Iterator<KVDriver> drivers) {
        int failed = 0;
        while (failed < MAX_FAILURES) {
            try {
                if (!drivers.hasNext()) {
                    return null;
                }
                KVDriver driver = drivers.next();
                if (asked.add(driver.getClass()) && accepts(driver)) {
                    return driver;
                }
                failed = 0;
            } catch (ServiceConfigurationError | LinkageError e) {
                fail(e);
                failed++;
            }
        }
        return null;
    }

    private boolean accepts(KVDriver driver) {
        try {
            if (driver.accepts(url)) {
                return true;
            }
            forms.add(driver.form());
        } catch (RuntimeException | LinkageError e) {
            fail(new ServiceConfigurationError(driver.getClass().getName() + " cannot look at a URL: " + e, e));
        }
        return false;
    }

    private void fail(Error failure) {
        failures.putIfAbsent(failure.toString(), failure);
    }

    private KVException notFound() {
        StringBuilder message = new StringBuilder("no driver accepts the URL \"")
                .append(url)
                .append("\": known are ")
                .append(String.join(", ", forms))
                .append("; check the URL, or put the module or jar of its driver on the path");
        Error first = failures.values().stream().findFirst().orElse(null);
        if (first != null) {
            message.append("; drivers that are broken: ")
                    .append(failures.size())
                    .append(", the first by ")
                    .append(first);
        }
        KVException error = new KVException(KVErrorCode.INVALID_URL, message.toString(), first);
        failures.values().stream().skip(1).forEach(error::addSuppressed);
        return error;
    }
}
