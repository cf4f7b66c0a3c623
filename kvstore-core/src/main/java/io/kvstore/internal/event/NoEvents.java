package io.kvstore.internal.event;

/** Tells nobody of anything. */
final class NoEvents implements StoreEvents {
    @Override
    public Opening opening() {
        return (segments, fromHints, records, afterCrash, readOnly) -> {};
    }

    @Override
    public void tailDiscarded(int segment, long offset) {}

    @Override
    public Merging merging() {
        return (victims, readBytes, writtenBytes, failure) -> {};
    }

    @Override
    public Rolling rolling() {
        return (full, next, bytes) -> {};
    }

    @Override
    public Syncing syncing() {
        return (segment, offset, segments) -> {};
    }

    @Override
    public Stalling stalling() {
        return segment -> {};
    }

    @Override
    public Slowing slowing() {
        return (waitedNanos, bytesPerSecond) -> {};
    }

    @Override
    public Rebuilding rebuilding() {
        return (segment, segmentBytes) -> {};
    }

    @Override
    public void hintRejected(int segment, String reason) {}

    @Override
    public void poisoned(Throwable cause) {}
}
