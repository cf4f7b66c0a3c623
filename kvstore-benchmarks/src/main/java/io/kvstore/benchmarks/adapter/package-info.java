/** One small interface to many stores, and what each of them can and promises. */
@NullMarked
package io.kvstore.benchmarks.adapter;

import org.jspecify.annotations.NullMarked;
