package io.kvstore.benchmarks.adapter;

/** What a workload needs of a store. */
public enum Feature {
    /** Looking keys up that were filled in. */
    READ,

    /** Everything else that a map does: absent keys, overwriting, deleting, many threads. */
    MAP,

    /** Going through all entries. */
    SCAN,

    /** Many writes in one call. */
    BATCH,

    /** Writes that outlive the loss of power. */
    POWER,

    /** Opening again what was closed. */
    REOPEN,

    /** Opening again what the death of the process left, with all acknowledged writes. */
    KILL
}
