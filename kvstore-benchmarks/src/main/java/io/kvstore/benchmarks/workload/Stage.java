package io.kvstore.benchmarks.workload;

/** The process that a workload runs in: each of these is one, in this order, over the same files. */
public enum Stage {
    /** Makes the store, fills it and closes it. */
    MAIN,

    /** Opens what {@link #MAIN} has closed; is killed in the end if {@link #KILLED} follows. */
    CLOSED,

    /** Opens what the killed process has left. */
    KILLED,

    /** Opens the store for the last time. */
    LAST
}
