package io.kvstore.internal.log;

/** How records get into the file of the active segment. Either way they are read through its mapping. */
public enum AppendMode {
    /** Copied into the mapping, which costs a tenth of a system call. For stores that are synced by the clock. */
    MAPPED,

    /**
     * Written by a system call. For stores that are synced for each write: of what was written so, the operating system
     * knows the bytes, and a sync writes the few 4 KiB around them; of what was copied into a mapping it knows the page
     * alone, which is a huge one (see {@link ReservedSpace#CHUNK}), and a sync writes all its 2 MiB, every time
     * (docs/BENCHMARKS.md).
     */
    WRITTEN
}
