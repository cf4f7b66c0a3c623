package io.kvstore.internal.format;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The names of the files of a store. */
public final class FileNames {
    /** Says that the directory is a store; see {@link StoreFileLayout}. */
    public static final String STORE = "kvstore.store";

    /** The store file while it is being written, before it gets its name. */
    public static final String STORE_UNFINISHED = "kvstore.store.new";

    /** The store file of a backup that is not complete yet. */
    public static final String STORE_OF_BACKUP = "kvstore.store.backup";

    /** Locked by the process that has the store open; holds its process id. */
    public static final String LOCK = "kvstore.lock";

    /** Present only while the store is closed, and was closed cleanly; see {@link CleanMarkLayout}. */
    public static final String CLEAN_MARK = "kvstore.clean";

    /** The clean mark while it is being written. */
    public static final String CLEAN_MARK_UNFINISHED = "kvstore.clean.new";

    /** Says which segments count; see {@link ManifestLayout}. */
    public static final String MANIFEST = "kvstore.manifest";

    /** The manifest while it is being written. */
    public static final String MANIFEST_UNFINISHED = "kvstore.manifest.new";

    private static final int DIGITS = 10;
    private static final String SEGMENT_SUFFIX = ".seg";
    private static final String HINT_SUFFIX = ".hint";
    private static final Pattern NUMBERED = Pattern.compile("[0-9]{10}\\.(seg|hint)");

    private FileNames() {}

    /**
     * The file of a segment.
     *
     * @param number of the segment, at least 1
     * @return the number in ten digits, and {@code .seg}
     */
    public static String segment(int number) {
        return digits(number) + SEGMENT_SUFFIX;
    }

    /**
     * The hint file of a segment.
     *
     * @param number of the segment, at least 1
     * @return the number in ten digits, and {@code .hint}
     */
    public static String hint(int number) {
        return digits(number) + HINT_SUFFIX;
    }

    private static String digits(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }

    /**
     * The number of the segment that a hint file is of.
     *
     * @param name a file name
     * @return the number, or empty if this is not the name of a hint file
     */
    public static OptionalInt hintNumber(String name) {
        return number(name, HINT_SUFFIX);
    }

    /**
     * The number of a segment file. Segments are ordered by it, never by name.
     *
     * @param name a file name
     * @return the number, or empty if this is not the name of a segment
     */
    public static OptionalInt segmentNumber(String name) {
        return number(name, SEGMENT_SUFFIX);
    }

    private static OptionalInt number(String name, String suffix) {
        if (!name.endsWith(suffix) || !NUMBERED.matcher(name).matches()) {
            return OptionalInt.empty();
        }
        long number = Long.parseLong(name.substring(0, 10));
        return number >= 1 && number <= Integer.MAX_VALUE ? OptionalInt.of((int) number) : OptionalInt.empty();
    }
}
