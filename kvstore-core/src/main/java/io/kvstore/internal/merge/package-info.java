/** The merge: copies what is current out of old segments and gives their space back, while everyone keeps working. */
@NullMarked
package io.kvstore.internal.merge;

import org.jspecify.annotations.NullMarked;
