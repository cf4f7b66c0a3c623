package io.kvstore.spi;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * A URL of the usual form, taken apart: {@code PREFIX PATH}, or {@code PREFIX PATH?name=value&name=value}. The path
 * runs literally up to the first question mark. Values of options are percent-decoded, as UTF-8; a plus sign is a plus
 * sign. Immutable.
 */
public final class KVUrl {
    private final String url;
    private final String path;
    private final Map<String, String> options;

    private KVUrl(String url, String path, Map<String, String> options) {
        this.url = url;
        this.path = path;
        this.options = options;
    }

    /**
     * Takes a URL apart. Whether there are such options is not looked at.
     *
     * @param prefix such as {@code kvstore:file:}
     * @param url one that begins with the prefix
     * @return its parts
     * @throws KVException with code {@link KVErrorCode#INVALID_URL} if it begins otherwise, has no path, or options
     *     that are empty, without a value, given twice, or with a bad percent encoding
     */
    public static KVUrl parse(String prefix, String url) {
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(url, "url");
        if (!url.startsWith(prefix)) {
            throw invalid(url, "does not begin with " + prefix);
        }
        int mark = url.indexOf('?', prefix.length());
        String path = url.substring(prefix.length(), mark < 0 ? url.length() : mark);
        if (path.isEmpty()) {
            throw invalid(url, "names nothing after " + prefix + "; put a path or a name there");
        }
        return new KVUrl(url, path, mark < 0 ? Map.of() : options(url, url.substring(mark + 1)));
    }

    private static Map<String, String> options(String url, String text) {
        Map<String, String> options = new LinkedHashMap<>();
        // With a limit, so that an empty option at the end is not lost.
        for (String option : text.split("&", -1)) {
            if (option.isEmpty()) {
                throw invalid(url, "has an empty option; give options as ?name=value&name=value");
            }
            int equals = option.indexOf('=');
            if (equals <= 0) {
                throw invalid(
                        url,
                        "has the option \"" + option + "\" without a " + (equals < 0 ? "value" : "name")
                                + "; give options as ?name=value&name=value");
            }
            String name = option.substring(0, equals);
            if (options.put(name, decode(url, name, option.substring(equals + 1))) != null) {
                throw invalid(url, "has the option " + name + " twice; give it once");
            }
        }
        return Collections.unmodifiableMap(options);
    }

    private static String decode(String url, String name, String text) {
        try {
            return PercentDecoder.decode(text);
        } catch (IllegalArgumentException e) {
            throw invalid(
                    url,
                    "option " + name + ": " + e.getMessage()
                            + "; write a percent sign as %25, and other characters as % and two hexadecimal digits for"
                            + " each byte of their UTF-8");
        }
    }

    private static KVException invalid(String url, String what) {
        return new KVException(KVErrorCode.INVALID_URL, "URL \"" + url + "\": " + what);
    }

    /**
     * What is between the prefix and the options.
     *
     * @return a path or a name, literally; not empty
     */
    public String path() {
        return path;
    }

    /**
     * The options of the URL, by name and in its order.
     *
     * @return an immutable map of names and decoded values
     */
    public Map<String, String> options() {
        return options;
    }

    /**
     * Sets the options of the URL and then those of some properties, which win.
     *
     * @param builder with the defaults
     * @param properties options as text
     * @return the options
     * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if an option is unknown, or its value cannot be
     *     read or is outside its range
     */
    public KVOptions toOptions(KVOptions.Builder builder, Properties properties) {
        at("URL \"" + url + "\"", () -> options.forEach(builder::set));
        at("properties given with URL \"" + url + "\"", () -> builder.set(properties));
        return builder.build();
    }

    /** Says in errors about options where they stand. */
    private static void at(String place, Runnable setting) {
        try {
            setting.run();
        } catch (KVException e) {
            throw new KVException(e.code(), place + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return url;
    }
}
