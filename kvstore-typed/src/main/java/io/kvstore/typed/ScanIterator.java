package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a bucket as a cursor does, one entry in memory at a time. What cannot be read throws from {@link #next()}:
 * the iterator goes on behind it, and {@link #remove()} removes it, unless its record is damaged, so that its key is
 * not known: then there is nothing to remove. Belongs to one thread.
 */
final class ScanIterator<T> implements Iterator<T> {
    private final KVCursor cursor;
    private final BiFunction<byte[], byte[], T> decode;
    private final Consumer<byte[]> remove;
    private boolean isAhead;
    private boolean hasEnded;

    /** The key of the last entry that {@link #next()} was called for; null before and after it was removed. */
    private byte @Nullable [] last;

    /**
     * An iterator before its first entry.
     *
     * @param bucket to go over
     * @param decode makes what is returned of key and value
     * @param remove removes what is under a key
     */
    ScanIterator(KVBucket bucket, BiFunction<byte[], byte[], T> decode, Consumer<byte[]> remove) {
        this.cursor = bucket.scan();
        this.decode = decode;
        this.remove = remove;
    }

    @Override
    public boolean hasNext() {
        if (!isAhead && !hasEnded) {
            try {
                isAhead = cursor.next();
            } catch (KVException e) {
                // Whoever removes what could not be read must not hit the entry before it.
                last = null;
                throw e;
            }
            if (!isAhead) {
                hasEnded = true;
                cursor.close();
            }
        }
        return isAhead;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more entries");
        }
        isAhead = false;
        byte[] key = cursor.key();
        last = key;
        return decode.apply(key, cursor.value());
    }

    @Override
    public void remove() {
        if (last == null) {
            throw new IllegalStateException("next() was not called since the last remove()");
        }
        remove.accept(last);
        last = null;
    }
}
