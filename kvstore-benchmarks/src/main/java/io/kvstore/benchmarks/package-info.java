/** Workloads that measure the store beside the ceilings of the machine, in one run. */
@NullMarked
package io.kvstore.benchmarks;

import org.jspecify.annotations.NullMarked;
