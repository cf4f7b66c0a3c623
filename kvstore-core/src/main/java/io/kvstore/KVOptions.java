package io.kvstore;

import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * How to open a store. Immutable; {@link #builder()} makes one.
 *
 * @see KVStore#open(java.nio.file.Path, KVOptions)
 */
public final class KVOptions {
    /** The smallest {@link #segmentSize()}: 1 KiB. */
    public static final long MIN_SEGMENT_SIZE = 1024;

    /** The largest {@link #segmentSize()}: 512 MiB, the reach of an offset in the index. */
    public static final long MAX_SEGMENT_SIZE = 512L << 20;

    /** The largest {@link #maxValueSize()}: 1 GiB. */
    public static final long MAX_VALUE_SIZE = 1L << 30;

    private static final long MIN_MERGE_BANDWIDTH = 64 << 10;

    private static final KVOptions DEFAULTS = builder().build();

    private final Durability durability;
    private final long segmentSize;
    private final boolean readOnly;
    private final boolean createIfMissing;
    private final Duration syncInterval;
    private final long maxValueSize;
    private final boolean autoMerge;
    private final double mergeGarbageRatio;
    private final long mergeBandwidth;
    private final boolean jmx;
    private final Consumer<KVOpenProgress> openListener;

    private KVOptions(Builder builder) {
        durability = builder.durability;
        segmentSize = builder.segmentSize;
        readOnly = builder.readOnly;
        createIfMissing = builder.createIfMissing;
        syncInterval = builder.syncInterval;
        maxValueSize = builder.maxValueSize;
        autoMerge = builder.autoMerge;
        mergeGarbageRatio = builder.mergeGarbageRatio;
        mergeBandwidth = builder.mergeBandwidth;
        jmx = builder.jmx;
        openListener = builder.openListener;
    }

    /**
     * The options of {@link KVStore#open(java.nio.file.Path)}.
     *
     * @return the defaults
     */
    public static KVOptions defaults() {
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
     * The defaults, with the options that some properties set; see {@link Builder#set(Properties)}.
     *
     * @param properties options as text
     * @return the options
     * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} as {@link Builder#set(Properties)}
     */
    public static KVOptions of(Properties properties) {
        return builder().set(properties).build();
    }

    /**
     * What an acknowledged write survives. Default {@link Durability#OS}.
     *
     * @return the mode
     */
    public Durability durability() {
        return durability;
    }

    /**
     * The size of one segment file in bytes: the unit in which the log is rolled. Default 64 MiB; from
     * {@link #MIN_SEGMENT_SIZE} to {@link #MAX_SEGMENT_SIZE}. While the log holds less than 32 times as much, new
     * segments have a thirty-second of what it holds, but at least 8 MiB if that is less than this size, and more where
     * a few records or 50 milliseconds of writing would fill them: a small store then needs little room beside its
     * data. A record that is larger gets a segment of its own. A store may be opened with another size than before:
     * segments that exist keep theirs.
     *
     * @return bytes
     */
    public long segmentSize() {
        return segmentSize;
    }

    /**
     * Whether the store is opened for reading only. Default false. Any number of processes may have a store open for
     * reading at once, and none for writing meanwhile. Nothing at all is written to the directory, which may be on
     * media that cannot be; writes are refused with {@link KVErrorCode#READ_ONLY}, and there are no merges. What a
     * crash has left behind the end of the log is left there. Where the lock file is missing, as in a copy that was
     * made without it, none is made, and a reader cannot keep a writer out: do not open such a copy for writing
     * meanwhile.
     *
     * @return true if it is
     */
    public boolean readOnly() {
        return readOnly;
    }

    /**
     * Whether opening an absent or empty directory makes a store there. Default true; a store that is opened read-only
     * is never made.
     *
     * @return true if it does
     */
    public boolean createIfMissing() {
        return createIfMissing;
    }

    /**
     * The longest time in {@link Durability#OS} between a write and the fsync that covers it, as long as the disk keeps
     * up; in {@link Durability#BUFFERED} it may be ten times as long. Default one second; one millisecond to one day.
     *
     * @return the interval
     */
    public Duration syncInterval() {
        return syncInterval;
    }

    /**
     * The largest value that may be written, in bytes. Default 256 MiB, at most {@link #MAX_VALUE_SIZE}. Larger values
     * that are in the store already can be read.
     *
     * @return bytes
     */
    public long maxValueSize() {
        return maxValueSize;
    }

    /**
     * Whether segments are merged in the background when garbage demands it. Default true; without it only
     * {@link KVStore#merge()} gives space back.
     *
     * @return true if they are
     */
    public boolean autoMerge() {
        return autoMerge;
    }

    /**
     * The share of garbage in the log that the background merge keeps to: the segments take no more than the live bytes
     * / (1 - ratio) and a few segments. A merge begins, gently, at nine tenths of it. A lower one saves disk and costs
     * writing: records are copied more often. Default 0.4; from 0 to 1, where less than 0.05 counts as 0.05, and 1
     * leaves all garbage but what takes whole segments.
     *
     * @return the share
     */
    public double mergeGarbageRatio() {
        return mergeGarbageRatio;
    }

    /**
     * The bytes a second that the background merge reads and writes at the most. Default 0: as much as garbage demands,
     * little while it is below {@link #mergeGarbageRatio()}. A limit that is too low for what is written lets garbage
     * outgrow its bound, and writers are slowed.
     *
     * @return bytes a second, or 0
     */
    public long mergeBandwidth() {
        return mergeBandwidth;
    }

    /**
     * Whether the store registers a {@link KVStoreMXBean} with the MBean server of the platform while it is open.
     * Default false. It needs the module {@code java.management}. A bean of the same store that is there already, as
     * when two in one process read it, stays; the other goes without, and a warning is logged.
     *
     * @return true if it does
     */
    public boolean jmx() {
        return jmx;
    }

    /**
     * What is told of the progress of an open, after each segment, on the thread that opens the store. Default nothing.
     * If it throws, the store is not opened.
     *
     * @return the listener
     */
    public Consumer<KVOpenProgress> openListener() {
        return openListener;
    }

    @Override
    public String toString() {
        return "KVOptions[durability=" + durability + ", segmentSize=" + segmentSize + ", readOnly=" + readOnly
                + ", createIfMissing="
                + createIfMissing + ", syncInterval=" + syncInterval + ", maxValueSize=" + maxValueSize
                + ", autoMerge=" + autoMerge + ", mergeGarbageRatio=" + mergeGarbageRatio + ", mergeBandwidth="
                + mergeBandwidth + ", jmx=" + jmx + "]";
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private Durability durability = Durability.OS;
        private long segmentSize = 64L << 20;
        private boolean readOnly;
        private boolean createIfMissing = true;
        private Duration syncInterval = Duration.ofSeconds(1);
        private long maxValueSize = 256L << 20;
        private boolean autoMerge = true;
        private double mergeGarbageRatio = 0.4;
        private long mergeBandwidth;
        private boolean jmx;
        private Consumer<KVOpenProgress> openListener = progress -> {};

        private Builder() {}

        /**
         * Sets {@link KVOptions#durability()}.
         *
         * @param durability the mode
         * @return this builder
         */
        public Builder durability(Durability durability) {
            this.durability = Objects.requireNonNull(durability, "durability");
            return this;
        }

        /**
         * Sets {@link KVOptions#segmentSize()}.
         *
         * @param bytes {@link #MIN_SEGMENT_SIZE} to {@link #MAX_SEGMENT_SIZE}
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if it is outside
         */
        public Builder segmentSize(long bytes) {
            requireRange("segmentSize", bytes, MIN_SEGMENT_SIZE, MAX_SEGMENT_SIZE);
            this.segmentSize = bytes;
            return this;
        }

        /**
         * Sets {@link KVOptions#readOnly()}.
         *
         * @param readOnly true to change nothing
         * @return this builder
         */
        public Builder readOnly(boolean readOnly) {
            this.readOnly = readOnly;
            return this;
        }

        /**
         * Sets {@link KVOptions#createIfMissing()}.
         *
         * @param create true to make a store where there is none
         * @return this builder
         */
        public Builder createIfMissing(boolean create) {
            this.createIfMissing = create;
            return this;
        }

        /**
         * Sets {@link KVOptions#syncInterval()}.
         *
         * @param interval at least one millisecond, at most a day
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if it is outside
         */
        public Builder syncInterval(Duration interval) {
            Objects.requireNonNull(interval, "syncInterval");
            if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
                throw invalid("syncInterval", interval, "a duration from 1 millisecond to 1 day");
            }
            this.syncInterval = interval;
            return this;
        }

        /**
         * Sets {@link KVOptions#maxValueSize()}.
         *
         * @param bytes 0 to {@link #MAX_VALUE_SIZE}
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if it is outside
         */
        public Builder maxValueSize(long bytes) {
            requireRange("maxValueSize", bytes, 0, MAX_VALUE_SIZE);
            this.maxValueSize = bytes;
            return this;
        }

        /**
         * Sets {@link KVOptions#autoMerge()}.
         *
         * @param auto true to merge in the background
         * @return this builder
         */
        public Builder autoMerge(boolean auto) {
            this.autoMerge = auto;
            return this;
        }

        /**
         * Sets {@link KVOptions#mergeGarbageRatio()}.
         *
         * @param ratio 0 to 1
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if it is outside
         */
        public Builder mergeGarbageRatio(double ratio) {
            if (!(ratio >= 0 && ratio <= 1)) {
                throw invalid("mergeGarbageRatio", ratio, "0 to 1");
            }
            this.mergeGarbageRatio = ratio;
            return this;
        }

        /**
         * Sets {@link KVOptions#mergeBandwidth()}.
         *
         * @param bytesPerSecond 0 for as much as garbage demands, or at least 64 KiB
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if it is outside
         */
        public Builder mergeBandwidth(long bytesPerSecond) {
            if (bytesPerSecond != 0 && bytesPerSecond < MIN_MERGE_BANDWIDTH) {
                throw invalid(
                        "mergeBandwidth", bytesPerSecond, "0 or at least " + MIN_MERGE_BANDWIDTH + " bytes a second");
            }
            this.mergeBandwidth = bytesPerSecond;
            return this;
        }

        /**
         * Sets {@link KVOptions#jmx()}.
         *
         * @param register true for a bean
         * @return this builder
         */
        public Builder jmx(boolean register) {
            this.jmx = register;
            return this;
        }

        /**
         * Sets {@link KVOptions#openListener()}.
         *
         * @param listener is told of the progress of an open
         * @return this builder
         */
        public Builder openListener(Consumer<KVOpenProgress> listener) {
            this.openListener = Objects.requireNonNull(listener, "openListener");
            return this;
        }

        /**
         * Sets an option by its name, which is that of its method here, from text: sizes as {@code 4096}, {@code 64k},
         * {@code 64m} or {@code 1g}; durations as {@code 500ms}, {@code 1s}, {@code 2m}, {@code 1h} or {@code 1d};
         * constants in any case, such as {@code sync}; {@code true} or {@code false}; ratios as {@code 0.5}.
         * {@link KVOptions#openListener()} has no text form.
         *
         * @param name of the option
         * @param value what to set it to
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} if there is no such option (the message
         *     lists those that there are), the value cannot be read, or is outside the range of the option
         */
        public Builder set(String name, String value) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
            OptionDescriptor.named(name).set(this, value);
            return this;
        }

        /**
         * Sets every option that some properties name, those of their defaults included; what was set before stays
         * where they say nothing.
         *
         * @param properties options as text, as {@link #set(String, String)} takes it
         * @return this builder
         * @throws KVException with code {@link KVErrorCode#INVALID_OPTION} as {@link #set(String, String)}, and if a
         *     name or a value is no text
         */
        public Builder set(Properties properties) {
            OptionText.ofProperties(properties).forEach(this::set);
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options, which do not change with this builder
         */
        public KVOptions build() {
            return new KVOptions(this);
        }

        private static void requireRange(String option, long value, long least, long most) {
            if (value < least || value > most) {
                throw invalid(option, value, least + " to " + most + " bytes");
            }
        }

        private static KVException invalid(String option, Object value, String range) {
            return new KVException(KVErrorCode.INVALID_OPTION, "option " + option + "=" + value + ": must be " + range);
        }
    }
}
