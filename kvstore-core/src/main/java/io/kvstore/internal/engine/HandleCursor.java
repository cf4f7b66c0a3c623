package io.kvstore.internal.engine;

import io.kvstore.KVCursor;

/** A cursor that ends with its handle. Belongs to one thread at a time. */
final class HandleCursor implements KVCursor {
    private final Handle handle;
    private final KVCursor cursor;

    HandleCursor(Handle handle, KVCursor cursor) {
        this.handle = handle;
        this.cursor = cursor;
    }

    @Override
    public boolean next() {
        return handle.call(cursor::next);
    }

    @Override
    public byte[] key() {
        return cursor.key();
    }

    @Override
    public byte[] value() {
        return cursor.value();
    }

    @Override
    public void close() {
        cursor.close();
    }
}
