/**
 * The file layer: every touch of the file system goes through here, so that a test can put a failing or forgetful twin
 * under the engine.
 */
@NullMarked
package io.kvstore.internal.file;

import org.jspecify.annotations.NullMarked;
