package io.kvstore;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * One option as text. {@link #ALL} is the only place that knows the options by name: parsing, the list in the error
 * about an unknown one, and the test of {@code docs/OPTIONS.md} go by it.
 *
 * @param name as in {@link KVOptions.Builder}, a URL and properties
 * @param form how its value is written
 * @param defaultText its default, in that form
 * @param range what it may be, in that form
 * @param effect what it does, in a line
 * @param setter reads the value and sets it
 */
record OptionDescriptor(
        String name,
        String form,
        String defaultText,
        String range,
        String effect,
        BiConsumer<KVOptions.Builder, String> setter) {

    private static final String SIZE = "size";
    private static final String DURATION = "duration";
    private static final String BOOLEAN = "boolean";
    private static final String EITHER = "true or false";

    /** All options that have a text form, in the order of the documentation. */
    static final List<OptionDescriptor> ALL = List.of(
            option(
                    "durability",
                    "constant",
                    "os",
                    "sync, os or buffered",
                    "what an acknowledged write survives",
                    (name, text) -> OptionText.constant(Durability.class, name, text),
                    KVOptions.Builder::durability),
            option(
                    "readOnly",
                    BOOLEAN,
                    "false",
                    EITHER,
                    "whether the store is opened for reading only",
                    OptionText::truth,
                    KVOptions.Builder::readOnly),
            option(
                    "createIfMissing",
                    BOOLEAN,
                    "true",
                    EITHER,
                    "whether a store is made where there is none",
                    OptionText::truth,
                    KVOptions.Builder::createIfMissing),
            option(
                    "segmentSize",
                    SIZE,
                    "64m",
                    "1k to 512m",
                    "bytes of one segment file",
                    OptionText::size,
                    KVOptions.Builder::segmentSize),
            option(
                    "maxValueSize",
                    SIZE,
                    "256m",
                    "0 to 1g",
                    "bytes of the largest value that may be written",
                    OptionText::size,
                    KVOptions.Builder::maxValueSize),
            option(
                    "syncInterval",
                    DURATION,
                    "1s",
                    "1ms to 1d",
                    "longest time until a write is on stable storage",
                    OptionText::duration,
                    KVOptions.Builder::syncInterval),
            option(
                    "autoMerge",
                    BOOLEAN,
                    "true",
                    EITHER,
                    "whether segments are merged in the background",
                    OptionText::truth,
                    KVOptions.Builder::autoMerge),
            option(
                    "mergeGarbageRatio",
                    "ratio",
                    "0.4",
                    "0 to 1",
                    "share of garbage that the merge keeps to",
                    OptionText::ratio,
                    KVOptions.Builder::mergeGarbageRatio),
            option(
                    "mergeBandwidth",
                    SIZE,
                    "0",
                    "0, or 64k and more",
                    "bytes a second of the merge at the most; 0 for what garbage demands",
                    OptionText::size,
                    KVOptions.Builder::mergeBandwidth),
            option(
                    "jmx",
                    BOOLEAN,
                    "false",
                    EITHER,
                    "whether the store registers an MXBean while it is open",
                    OptionText::truth,
                    KVOptions.Builder::jmx));

    private static <T> OptionDescriptor option(
            String name,
            String form,
            String defaultText,
            String range,
            String effect,
            BiFunction<String, String, T> parser,
            BiConsumer<KVOptions.Builder, T> setter) {
        return new OptionDescriptor(
                name,
                form,
                defaultText,
                range,
                effect,
                (builder, text) -> setter.accept(builder, parser.apply(name, text)));
    }

    static OptionDescriptor named(String name) {
        for (OptionDescriptor option : ALL) {
            if (option.name.equals(name)) {
                return option;
            }
        }
        String known = ALL.stream().map(OptionDescriptor::name).sorted().collect(Collectors.joining(", "));
        throw new KVException(
                KVErrorCode.INVALID_OPTION,
                "unknown option \"" + name + "\": the options are " + known + "; check the spelling");
    }

    void set(KVOptions.Builder builder, String text) {
        setter.accept(builder, text);
    }
}
