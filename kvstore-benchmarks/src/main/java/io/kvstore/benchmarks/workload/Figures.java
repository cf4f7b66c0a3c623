package io.kvstore.benchmarks.workload;

/** Names of figures: what is measured of a series, and in which unit. */
public final class Figures {
    /** Operations a second. */
    public static final String RATE = "rate";

    /** Processor time of the whole process for one operation. */
    public static final String PROCESSOR_NANOS = "processorNanos";

    /** Milliseconds that it took. */
    public static final String MILLIS = "millis";

    /** Median latency at half the rate. */
    public static final String P50_NANOS = "p50Nanos";

    /** 99 of 100. */
    public static final String P99_NANOS = "p99Nanos";

    /** 999 of 1,000. */
    public static final String P999_NANOS = "p99.9Nanos";

    /** 9,999 of 10,000. */
    public static final String P9999_NANOS = "p99.99Nanos";

    /** The longest. */
    public static final String MAX_NANOS = "maxNanos";

    /** Live heap that came with each key. */
    public static final String HEAP_BYTES_PER_KEY = "heapBytesPerKey";

    /** Resident memory outside of the heap that came with each key, mapped files apart. */
    public static final String NATIVE_BYTES_PER_KEY = "nativeBytesPerKey";

    /** Resident pages of mapped files that came with each key. */
    public static final String MAPPED_BYTES_PER_KEY = "mappedBytesPerKey";

    /** Bytes written to the disk by the bytes of keys and values that were stored. */
    public static final String WRITE_AMPLIFICATION = "writeAmplification";

    /** Allocated blocks at the end by the bytes of live keys and values. */
    public static final String SPACE_AMPLIFICATION = "spaceAmplification";

    /** Allocated blocks at the most by the bytes of live keys and values. */
    public static final String PEAK_SPACE_AMPLIFICATION = "peakSpaceAmplification";

    private Figures() {}
}
