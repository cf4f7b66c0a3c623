package io.kvstore.benchmarks.workload;

/**
 * How much is done.
 *
 * @param keys how many are filled in
 * @param valueBytes the length of each value, but where a workload says otherwise
 * @param fillSeconds how long that may take; what is not in by then is left out
 * @param seconds how long each other workload goes on at the most
 * @param latencySeconds how long operations fall due where latencies are measured
 * @param largeValues how many large values are written
 */
public record Scale(
        long keys, int valueBytes, double fillSeconds, double seconds, double latencySeconds, int largeValues) {
    private static final int LARGE_VALUES = 4_000;

    /**
     * What is measured.
     *
     * @param keys how many
     * @param valueBytes the length of each value
     * @param seconds for each workload
     * @return a scale
     */
    public static Scale measured(long keys, int valueBytes, double seconds) {
        return new Scale(keys, valueBytes, Double.POSITIVE_INFINITY, seconds, seconds / 2, (int)
                Math.min(LARGE_VALUES, Math.max(10, keys / 250)));
    }

    /**
     * What comes before, so that the code is compiled: every workload, briefly.
     *
     * @param keys of the measured scale
     * @param valueBytes of the measured scale
     * @param seconds of the measured scale
     * @return a smaller scale
     */
    public static Scale warmUp(long keys, int valueBytes, double seconds) {
        double brief = Math.min(0.5, seconds / 4);
        return new Scale(Math.min(keys, 500_000), valueBytes, 2 * brief, brief, brief / 2, 50);
    }
}
