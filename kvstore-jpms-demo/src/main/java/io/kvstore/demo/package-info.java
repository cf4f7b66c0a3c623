/**
 * The file catalog: walks a tree, keeps size, times and SHA-256 of every file in a store, and answers from there.
 *
 * <p>A scan goes one way: {@link io.kvstore.demo.ScanCommand} opens the {@link io.kvstore.demo.CatalogStore},
 * {@link io.kvstore.demo.TreeScan} walks and compares, {@link io.kvstore.demo.Hasher} reads what is new, and the store
 * keeps it as {@link io.kvstore.demo.FileEntry} and {@link io.kvstore.demo.FolderListing}, in typed collections. The
 * other commands only read.
 */
@NullMarked
package io.kvstore.demo;

import org.jspecify.annotations.NullMarked;
