package io.kvstore.internal.file;

import java.io.Closeable;

/** A directory held by one open store. Closing it gives the directory free; idempotent. */
public interface DirectoryLock extends Closeable {}
