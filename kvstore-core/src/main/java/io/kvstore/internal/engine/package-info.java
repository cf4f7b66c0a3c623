/** Wires log, index and recovery into a store, and holds its life cycle. */
@NullMarked
package io.kvstore.internal.engine;

import org.jspecify.annotations.NullMarked;
