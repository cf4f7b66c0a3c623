/**
 * Serializers: between values and the bytes that the store keeps.
 *
 * <p>{@link io.kvstore.typed.serializer.Serializers} has those that are built in,
 * {@link io.kvstore.typed.serializer.Serializer} is the interface for others. What goes wrong is a
 * {@link io.kvstore.typed.serializer.KVSerializationException}; nulls are a {@link java.lang.NullPointerException} that
 * names the parameter.
 */
@NullMarked
package io.kvstore.typed.serializer;

import org.jspecify.annotations.NullMarked;
