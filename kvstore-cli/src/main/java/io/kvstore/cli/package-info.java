/**
 * The {@code kvstore} command: one class for each of its commands, over {@link io.kvstore.cli.StoreCommand}.
 *
 * <p>{@link io.kvstore.cli.Console} is all that they know of the terminal, {@link io.kvstore.cli.BytesFormat} how bytes
 * become text, {@link io.kvstore.cli.EntryParser} and {@link io.kvstore.cli.EntryWriter} how entries become lines.
 * Every error ends in {@link io.kvstore.cli.ExitCode} and one line.
 */
@NullMarked
package io.kvstore.cli;

import org.jspecify.annotations.NullMarked;
