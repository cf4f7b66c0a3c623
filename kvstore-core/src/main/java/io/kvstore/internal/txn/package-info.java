/** Batches and transactions: what they want to write, what they have read, and what others may see of it meanwhile. */
@NullMarked
package io.kvstore.internal.txn;

import org.jspecify.annotations.NullMarked;
