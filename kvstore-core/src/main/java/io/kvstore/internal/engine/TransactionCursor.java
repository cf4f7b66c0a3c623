package io.kvstore.internal.engine;

import io.kvstore.KVCursor;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.txn.WriteSet.Write;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scan inside a transaction: first what is in the bucket and was not written by the transaction, then the
 * transaction's own puts as they were when the scan began. A write to the bucket by others ends it with a conflict, so
 * that all of it is of one moment.
 */
final class TransactionCursor implements KVCursor {
    private final Engine engine;
    private final Isolation isolation;
    private final String name;
    private final @Nullable BucketIndex bucket;
    private final Cursor committed;
    private final Set<Hash> written = new HashSet<>();
    private final Deque<Write> ownWrites;
    private @Nullable Write own;

    TransactionCursor(Engine engine, Isolation isolation, String name) {
        this.engine = engine;
        this.isolation = isolation;
        this.name = name;
        this.bucket = isolation.readWhole(name);
        this.committed = new Cursor(engine, bucket);
        this.ownWrites = new ArrayDeque<>(isolation.ownWrites(name));
        ownWrites.forEach(write -> written.add(write.hash()));
    }

    @Override
    public boolean next() {
        own = null;
        boolean found = false;
        try {
            isolation.requireActive();
            found = nextCommitted() || nextOwn();
        } finally {
            if (!found) {
                // What a conflict has refused must not be shown.
                committed.leave();
            }
        }
        return found;
    }

    private boolean nextCommitted() {
        while (committed.next()) {
            isolation.requireWhole(name, bucket, committed.latestExpired());
            if (written.isEmpty() || !written.contains(engine.hash(committed.key()))) {
                isolation.addExpiry(committed.expiryMillis());
                return true;
            }
        }
        isolation.requireWhole(name, bucket, committed.latestExpired());
        return false;
    }

    private boolean nextOwn() {
        do {
            own = ownWrites.poll();
        } while (own != null && !isolation.isPresent(own));
        return own != null;
    }

    @Override
    public byte[] key() {
        Write current = own;
        return current == null ? committed.key() : current.record().key();
    }

    @Override
    public byte[] value() {
        Write current = own;
        return current == null ? committed.value() : current.record().value();
    }

    @Override
    public void close() {
        own = null;
        committed.close();
        ownWrites.clear();
    }
}
