/** What happens on open: reading the log back, telling a torn tail from damage, rebuilding the index. */
@NullMarked
package io.kvstore.internal.recovery;

import org.jspecify.annotations.NullMarked;
