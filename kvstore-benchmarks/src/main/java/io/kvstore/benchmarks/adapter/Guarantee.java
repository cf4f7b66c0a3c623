package io.kvstore.benchmarks.adapter;

/** What a write has to outlive by the time the call returns. */
public enum Guarantee {
    /** The death of the process: the bytes are with the operating system. */
    PROCESS,

    /** The loss of power: the bytes are on stable storage. */
    POWER
}
