/** Runs each peer in processes of its own, round by round, and gathers what they measure. */
@NullMarked
package io.kvstore.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
