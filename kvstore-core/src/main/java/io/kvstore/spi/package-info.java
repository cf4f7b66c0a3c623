/**
 * What other modules implement to open stores of further kinds by URL: a {@link io.kvstore.spi.KVDriver}, found through
 * {@link java.util.ServiceLoader}.
 */
@NullMarked
package io.kvstore.spi;

import org.jspecify.annotations.NullMarked;
