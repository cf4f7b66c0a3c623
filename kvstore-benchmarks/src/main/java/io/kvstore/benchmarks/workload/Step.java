package io.kvstore.benchmarks.workload;

import java.io.IOException;

/** Does one workload, reports its figures, and fails if the store gives back anything wrong. */
@FunctionalInterface
interface Step {
    void run(Session session) throws IOException;
}
