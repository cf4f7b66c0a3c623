/** What is done with a store, and measured; the same for each of them, by its adapter alone. */
@NullMarked
package io.kvstore.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
