/** Descriptors of the binary layouts: bytes, offsets and checksums, nothing else. {@code docs/FORMAT.md} draws them. */
@NullMarked
package io.kvstore.internal.format;

import org.jspecify.annotations.NullMarked;
