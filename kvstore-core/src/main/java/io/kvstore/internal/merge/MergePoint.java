package io.kvstore.internal.merge;

/** The points of a merge at which a crash, or another thread, finds a different state. */
public enum MergePoint {
    /** Victims are chosen and on stable storage; nothing was written. */
    CHOSEN,
    /** All records were copied; the last output is not sealed. */
    COPIED,
    /** Outputs and their hints are on stable storage, their names perhaps not. */
    WRITTEN,
    /** The log is synced up to what supersedes the records that were not copied. */
    LOG_SYNCED,
    /** The manifest lists the outputs in place of the victims. */
    COMMITTED,
    /** The index points at the outputs. */
    SWAPPED,
    /** No reader is in a victim any more. */
    DRAINED,
    /** The victims' files are gone. */
    REMOVED;

    /** Is told when a merge comes to a point, on its thread; for tests. */
    public interface Hook {
        /**
         * The merge has come to a point, and goes on when this returns.
         *
         * @param point which
         */
        void at(MergePoint point);

        /** Does nothing. */
        Hook NONE = point -> {};
    }
}
