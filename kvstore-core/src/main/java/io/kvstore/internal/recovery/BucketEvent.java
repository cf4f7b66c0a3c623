package io.kvstore.internal.recovery;

/**
 * What a record says of a bucket.
 *
 * @param dropped true for a drop, false for a declaration
 * @param id of the bucket
 * @param name of the bucket
 */
public record BucketEvent(boolean dropped, int id, String name) {}
