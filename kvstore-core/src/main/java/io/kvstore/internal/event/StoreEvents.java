package io.kvstore.internal.event;

import java.nio.file.Path;

/**
 * What a store tells the Flight Recorder of the JVM: what happens now and then, and never a single operation. As long
 * as nobody has recorded anything in this JVM, and without the module {@code jdk.jfr}, nobody is told.
 *
 * <p>Something that takes its time is begun by one method, which returns what is to be told of its end; what ends
 * otherwise is never told of. Thread-safe; what was begun is ended by the thread that began it, except
 * {@link #slowing}.
 */
public interface StoreEvents {
    /** Tells nobody. */
    StoreEvents NONE = new NoEvents();

    /**
     * The events of a store.
     *
     * @param store its directory
     * @return told to the Flight Recorder, if this JVM has one
     */
    static StoreEvents of(Path store) {
        // In an image without the recorder the class below, which names it, is never linked.
        return OptionalModules.hasFlightRecorder() ? new DeferredEvents(store.toString()) : NONE;
    }

    /** An open has begun. */
    Opening opening();

    /** An open that goes on. */
    @FunctionalInterface
    interface Opening {
        /**
         * The store is open.
         *
         * @param segments that count
         * @param fromHints of them those of which the hint was enough
         * @param records found
         * @param afterCrash whether it was not closed cleanly before
         * @param readOnly whether it is opened for reading only
         */
        void end(int segments, int fromHints, long records, boolean afterCrash, boolean readOnly);
    }

    /**
     * Recovery discards what a crash left.
     *
     * @param segment in which the log ends
     * @param offset of the end
     */
    void tailDiscarded(int segment, long offset);

    /** A merge has begun. */
    Merging merging();

    /** A merge that goes on. */
    @FunctionalInterface
    interface Merging {
        /**
         * The merge has ended.
         *
         * @param victims segments that it was to replace
         * @param readBytes bytes of records in them; 0 if it failed
         * @param writtenBytes bytes of records that were copied; 0 if it failed
         * @param failure why it was given up, or empty
         */
        void end(int victims, long readBytes, long writtenBytes, String failure);
    }

    /** A segment is about to be sealed. */
    Rolling rolling();

    /** A roll that goes on. */
    @FunctionalInterface
    interface Rolling {
        /**
         * The log goes on in the next segment.
         *
         * @param full number of the one that was sealed
         * @param next number of the one that the log goes on in
         * @param bytes length of the sealed one
         */
        void end(int full, int next, long bytes);
    }

    /** A sync of the log has begun. */
    Syncing syncing();

    /** A sync that goes on. */
    @FunctionalInterface
    interface Syncing {
        /**
         * All is on stable storage.
         *
         * @param segment up to which the log was synced
         * @param offset up to which that one was
         * @param segments how many were forced
         */
        void end(int segment, long offset, int segments);
    }

    /** A writer begins to wait for room, with the log's lock held. */
    Stalling stalling();

    /** A wait that goes on. */
    @FunctionalInterface
    interface Stalling {
        /**
         * There is room.
         *
         * @param segment in which the writer goes on
         */
        void end(int segment);
    }

    /** Writers are to wait from now on, so that garbage does not outgrow its bound. */
    Slowing slowing();

    /** A time of slow writers that goes on. */
    @FunctionalInterface
    interface Slowing {
        /**
         * Writers are free again.
         *
         * @param waitedNanos how long they have waited, all together
         * @param bytesPerSecond the least that all writers together were allowed
         */
        void end(long waitedNanos, long bytesPerSecond);
    }

    /** A hint file that was missing is about to be made from its segment. */
    Rebuilding rebuilding();

    /** A hint that is being made. */
    @FunctionalInterface
    interface Rebuilding {
        /**
         * The hint is there.
         *
         * @param segment whose hint it is
         * @param segmentBytes that were read for it
         */
        void end(int segment, long segmentBytes);
    }

    /**
     * A hint file could not be used; its segment is read instead.
     *
     * @param segment whose hint it is
     * @param reason what is wrong with it
     */
    void hintRejected(int segment, String reason);

    /**
     * The store refuses writes from now on.
     *
     * @param cause the first error
     */
    void poisoned(Throwable cause);
}
