package io.kvstore.typed;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The buckets that a collection may have. They are named {@code typed:ID-GENERATION:PART}: an id is never used again,
 * and so whatever a handle on a dropped collection may still write never turns up in another one. The first part of a
 * kind has as many entries as the collection.
 */
enum BucketPart {
    /** Map: key to value. Set: element to nothing. Counter: no bytes to the number. */
    DATA,
    /** Queue: number to element. */
    ELEMENTS,
    /** Queue: where it begins and ends. */
    ENDS,
    /** Multimap: key and value to slot. */
    ENTRIES,
    /** Multimap: key and slot to value. */
    SLOTS,
    /** Multimap: key to number of values. */
    COUNTS;

    /** Begins the name of every bucket of the typed layer. */
    static final String PREFIX = "typed:";

    private static final List<BucketPart> ONE = List.of(DATA);
    private static final List<BucketPart> OF_QUEUE = List.of(ELEMENTS, ENDS);
    private static final List<BucketPart> OF_MULTIMAP = List.of(ENTRIES, SLOTS, COUNTS);

    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,18})-([0-9]{1,18}):[a-z]+");

    private final String text = name().toLowerCase(Locale.ROOT);

    static List<BucketPart> of(CollectionKind kind) {
        return switch (kind) {
            case MAP, SET, COUNTER -> ONE;
            case QUEUE -> OF_QUEUE;
            case MULTIMAP -> OF_MULTIMAP;
        };
    }

    String bucketName(long id, long generation) {
        return PREFIX + id + '-' + generation + ':' + text;
    }

    /**
     * What a bucket belongs to.
     *
     * @param id of the collection
     * @param generation of it
     */
    record Owner(long id, long generation) {}

    /** What a bucket belongs to by its name; null if it is none of ours. */
    static @Nullable Owner ownerOf(String bucketName) {
        Matcher matcher = NAME.matcher(bucketName);
        return matcher.matches() ? new Owner(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))) : null;
    }
}
