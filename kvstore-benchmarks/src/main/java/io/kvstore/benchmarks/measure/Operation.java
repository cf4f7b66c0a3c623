package io.kvstore.benchmarks.measure;

/** What is done again and again by one thread, and counted. */
@FunctionalInterface
public interface Operation {
    /** Does it once, and fails if a result is wrong. */
    void run();
}
