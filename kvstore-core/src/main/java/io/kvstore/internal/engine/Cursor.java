package io.kvstore.internal.engine;

import io.kvstore.KVCursor;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.log.RecordBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A scan of one bucket, part by part of its index. The hashes of a part are copied at one moment and the parts do not
 * overlap, so an entry that is there all the time comes exactly once; its record is looked up when its turn comes.
 */
final class Cursor implements KVCursor {
    /** So many records wait for memory together, instead of one after the other (docs/BENCHMARKS.md). */
    private static final int FETCHED_AT_ONCE = 32;

    private static final Part NOTHING = new Part(new long[0], 0);

    private final Engine engine;
    private final @Nullable BucketIndex bucket;
    private final RecordBuffer record = new RecordBuffer();
    private Part part = NOTHING;
    private int position;

    /** The position in the part up to which records were fetched. */
    private int fetchedTo;

    /** Of no meaning: keeps the compiler from dropping reads that are made for the caches. */
    @SuppressWarnings("unused")
    private long fetched;

    private long latestExpired = Long.MIN_VALUE;
    private boolean started;
    private boolean current;
    private boolean closed;

    Cursor(Engine engine, @Nullable BucketIndex bucket) {
        this.engine = engine;
        this.bucket = bucket;
    }

    @Override
    public boolean next() {
        requireUnclosed();
        current = false;
        BucketIndex scanned = bucket;
        if (scanned == null) {
            engine.requireOpenNow();
            return false;
        }
        do {
            while (position == part.size()) {
                if (started && part.next() == 0) {
                    engine.requireOpenNow();
                    return false;
                }
                part = engine.part(scanned, part.next());
                position = 0;
                fetchedTo = 0;
                started = true;
            }
            if (position == fetchedTo) {
                fetchedTo = Math.min(position + FETCHED_AT_ONCE, part.size());
                fetched = engine.fetch(scanned, part, position, fetchedTo);
            }
            // Past the record before it is read: a damaged one is told once, and the cursor can go on behind it.
        } while (!engine.read(scanned, part.hash(position++), record) || isExpired());
        current = true;
        return true;
    }

    private boolean isExpired() {
        boolean expired = engine.isExpired(record);
        if (expired) {
            latestExpired = Math.max(latestExpired, record.expiryMillis());
        }
        return expired;
    }

    @Override
    public byte[] key() {
        requireCurrent();
        return record.key();
    }

    /** When the current entry expires. */
    long expiryMillis() {
        requireCurrent();
        return record.expiryMillis();
    }

    /** When the last of the entries expired that were passed over because they had; long ago if there were none. */
    long latestExpired() {
        return latestExpired;
    }

    /** Is on no entry until the next call of {@link #next}. */
    void leave() {
        current = false;
    }

    @Override
    public byte[] value() {
        requireCurrent();
        return record.value();
    }

    @Override
    public void close() {
        closed = true;
        current = false;
        part = NOTHING;
        record.trim();
    }

    private void requireUnclosed() {
        if (closed) {
            throw new IllegalStateException("the cursor is closed: scan() makes a new one");
        }
    }

    private void requireCurrent() {
        requireUnclosed();
        if (!current) {
            throw new IllegalStateException(
                    "the cursor is on no entry: call next(), and go on only if it returns true");
        }
    }
}
