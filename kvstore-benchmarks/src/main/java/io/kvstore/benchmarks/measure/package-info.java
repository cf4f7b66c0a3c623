/** Rates, latencies, memory, disk and what the operating system counts. */
@NullMarked
package io.kvstore.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
