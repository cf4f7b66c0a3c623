/** kvstore as a database of YCSB, the Yahoo! Cloud Serving Benchmark, which brings its own classes. */
@NullMarked
package io.kvstore.benchmarks.ycsb;

import org.jspecify.annotations.NullMarked;
