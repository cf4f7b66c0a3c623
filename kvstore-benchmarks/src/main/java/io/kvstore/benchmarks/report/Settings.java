package io.kvstore.benchmarks.report;

/**
 * What a run was asked to do.
 *
 * @param keys that were filled in
 * @param keyBytes the length of each
 * @param valueBytes the length of each value
 * @param rounds of which figures are medians
 * @param seconds that each workload went on at the most
 * @param heap of each JVM
 */
public record Settings(long keys, int keyBytes, int valueBytes, int rounds, double seconds, String heap) {}
