package io.kvstore.typed;

import io.kvstore.KVBucket;

/** Gives the buckets of a store, as they are or as one transaction sees them. */
@FunctionalInterface
interface Buckets {
    /** A handle on a bucket. */
    KVBucket bucket(String name);
}
