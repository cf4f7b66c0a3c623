/** The parts of the store, each by itself, measured with JMH. */
@NullMarked
package io.kvstore.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
