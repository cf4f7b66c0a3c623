/**
 * The public API of the raw byte store: open, use, close.
 *
 * <p>{@link io.kvstore.KVStore#open(java.nio.file.Path)} opens a directory; {@link io.kvstore.KVBucket} has the verbs.
 * Every error that the store raises on its own account is an {@link io.kvstore.KVException}; nulls are a
 * {@link java.lang.NullPointerException} that names the parameter.
 */
@NullMarked
package io.kvstore;

import org.jspecify.annotations.NullMarked;
