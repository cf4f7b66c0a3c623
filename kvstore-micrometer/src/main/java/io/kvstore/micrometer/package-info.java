/** The figures of a store as meters of Micrometer: {@link io.kvstore.micrometer.KVStoreMetrics}. */
@NullMarked
package io.kvstore.micrometer;

import org.jspecify.annotations.NullMarked;
