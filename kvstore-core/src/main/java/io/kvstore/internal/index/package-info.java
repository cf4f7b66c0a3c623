/** The index: from the hash of a key to the location of its latest record, without the keys themselves. */
@NullMarked
package io.kvstore.internal.index;

import org.jspecify.annotations.NullMarked;
