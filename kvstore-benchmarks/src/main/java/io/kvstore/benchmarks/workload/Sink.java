package io.kvstore.benchmarks.workload;

/** Is told of each figure as it is measured. */
@FunctionalInterface
public interface Sink {
    /**
     * One figure.
     *
     * @param series what it is of
     * @param figure its name, with the unit
     * @param value of it
     */
    void add(String series, String figure, double value);
}
