package io.kvstore.benchmarks.driver;

/** A process that measures has failed, so that the run has no result. */
final class BenchmarkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchmarkFailedException(String message) {
        super(message);
    }
}
