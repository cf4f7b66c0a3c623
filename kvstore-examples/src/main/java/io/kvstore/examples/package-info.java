/** Small programs on the store, one a class. */
@NullMarked
package io.kvstore.examples;

import org.jspecify.annotations.NullMarked;
