/** Keys and values that are made from numbers, and choices among them. */
@NullMarked
package io.kvstore.benchmarks.data;

import org.jspecify.annotations.NullMarked;
