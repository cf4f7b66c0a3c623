/**
 * Typed collections over the raw byte store: {@link io.kvstore.typed.TypedStore} opens maps, sets, queues, counters and
 * multimaps by name.
 *
 * <p>What they hold is in the store alone; {@code docs/TYPED.md} tells how. Errors are those of the store, a
 * {@link io.kvstore.KVException} with code {@link io.kvstore.KVErrorCode#WRONG_COLLECTION} where a collection is opened
 * as something else, and {@link io.kvstore.typed.serializer.KVSerializationException}. Nulls are a
 * {@link java.lang.NullPointerException} that names the parameter.
 */
@NullMarked
package io.kvstore.typed;

import org.jspecify.annotations.NullMarked;
