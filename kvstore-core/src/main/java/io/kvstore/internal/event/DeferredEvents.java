package io.kvstore.internal.event;

import jdk.jfr.FlightRecorder;

/**
 * The events of a store for a Flight Recorder that may not be in use yet. Its first event makes the recorder get ready,
 * which takes some 150 milliseconds of a JVM that has just started, as much as the rest of the open of a small store:
 * as long as nobody records, and so nobody has asked it to, nothing is told. A recording that begins later sees what
 * happens from then on.
 */
final class DeferredEvents implements StoreEvents {
    private final StoreEvents recorder;

    DeferredEvents(String store) {
        recorder = new FlightRecorderEvents(store);
    }

    private StoreEvents now() {
        return FlightRecorder.isInitialized() ? recorder : NONE;
    }

    @Override
    public Opening opening() {
        return now().opening();
    }

    @Override
    public void tailDiscarded(int segment, long offset) {
        now().tailDiscarded(segment, offset);
    }

    @Override
    public Merging merging() {
        return now().merging();
    }

    @Override
    public Rolling rolling() {
        return now().rolling();
    }

    @Override
    public Syncing syncing() {
        return now().syncing();
    }

    @Override
    public Stalling stalling() {
        return now().stalling();
    }

    @Override
    public Slowing slowing() {
        return now().slowing();
    }

    @Override
    public Rebuilding rebuilding() {
        return now().rebuilding();
    }

    @Override
    public void hintRejected(int segment, String reason) {
        now().hintRejected(segment, reason);
    }

    @Override
    public void poisoned(Throwable cause) {
        now().poisoned(cause);
    }
}
