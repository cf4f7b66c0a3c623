package io.kvstore.cli;

/**
 * One entry on its way into a store.
 *
 * @param bucket name of its bucket; empty for the default one
 * @param key its key
 * @param value its value
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Entry(String bucket, byte[] key, byte[] value) {}
