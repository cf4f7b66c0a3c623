package io.kvstore;

import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads values of options. What cannot be read is an error that says what can. */
final class OptionText {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([kmgKMG]?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    private static final Pattern RATIO = Pattern.compile("[0-9]{1,18}(\\.[0-9]{1,18})?");

    private OptionText() {}

    /** Bytes. */
    static long size(String option, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw unreadable(option, text, "a size in bytes, such as 4096, 64k, 64m or 1g");
        }
        int shift = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        long number = Long.parseLong(matcher.group(1));
        // Beyond every range, whatever its unit.
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    static Duration duration(String option, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw unreadable(option, text, "a duration with its unit, such as 500ms, 1s, 2m, 1h or 1d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    static boolean truth(String option, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unreadable(option, text, "true or false");
        };
    }

    static double ratio(String option, String text) {
        if (!RATIO.matcher(text).matches()) {
            throw unreadable(option, text, "a decimal number, such as 0.5");
        }
        return Double.parseDouble(text);
    }

    static <E extends Enum<E>> E constant(Class<E> type, String option, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        String names = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw unreadable(option, text, "one of " + names);
    }

    private static KVException unreadable(String option, String text, String form) {
        return new KVException(
                KVErrorCode.INVALID_OPTION, "option " + option + "=" + text + ": cannot be read; give " + form);
    }

    /** All names and values of properties, those of their defaults included, sorted by name. */
    static Map<String, String> ofProperties(Properties properties) {
        Objects.requireNonNull(properties, "properties");
        properties.forEach((name, value) -> {
            Object wrong = name instanceof String ? value : name;
            if (!(wrong instanceof String)) {
                throw notText(name, wrong.getClass().getName());
            }
        });
        Map<String, String> texts = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            texts.put(name, properties.getProperty(name));
        }
        for (Object name : namesOfAll(properties)) {
            if (!texts.containsKey(name)) {
                throw notText(name, "not, in the defaults");
            }
        }
        return texts;
    }

    private static Iterable<?> namesOfAll(Properties properties) {
        try {
            return Collections.list(properties.propertyNames());
        } catch (ClassCastException e) {
            throw new KVException(
                    KVErrorCode.INVALID_OPTION,
                    "the defaults of the properties hold a name that is no text: names and values of options must be"
                            + " strings",
                    e);
        }
    }

    private static KVException notText(Object name, String type) {
        return new KVException(
                KVErrorCode.INVALID_OPTION,
                "option " + name + " in the properties: name and value must be strings, and one is " + type
                        + "; use setProperty");
    }
}
