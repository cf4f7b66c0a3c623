package io.kvstore.demo;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Figures for people: rounded, with a unit, the same in every locale. */
final class Human {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final Instant FIRST_SHORT = Instant.parse("0001-01-02T00:00:00Z");
    private static final Instant LAST_SHORT = Instant.parse("9999-12-30T00:00:00Z");

    private Human() {}

    /** A size in units of a thousand: {@code 999 B}, {@code 1.2 kB}, {@code 34.5 MB}. */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes / 1000.0;
        int unit = 0;
        // 999.95 would be printed as 1000.0.
        while (value >= 999.95) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** A number with its thousands apart. */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A number of things, in the singular if it is one. */
    static String count(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** A duration in the two units that matter: {@code 12 ms}, {@code 3.4 s}, {@code 5 min 6 s}, {@code 7 h 8 min}. */
    static String duration(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", Math.floor(millis / 100.0) / 10);
        }
        long seconds = millis / 1000;
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }

    /** A moment in this machine's time zone, to the second. */
    static String time(Instant instant) {
        // A file may claim to be from a year that has no four digits.
        return instant.isBefore(FIRST_SHORT) || instant.isAfter(LAST_SHORT) ? instant.toString() : TIME.format(instant);
    }
}
