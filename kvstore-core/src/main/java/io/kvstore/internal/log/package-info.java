/** The log: segments, appending, sealing, making durable, and reading records back while segments come and go. */
@NullMarked
package io.kvstore.internal.log;

import org.jspecify.annotations.NullMarked;
