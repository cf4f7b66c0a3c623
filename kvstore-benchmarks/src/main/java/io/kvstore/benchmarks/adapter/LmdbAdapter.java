package io.kvstore.benchmarks.adapter;

import static org.lmdbjava.EnvFlags.MDB_NOSYNC;
import static org.lmdbjava.EnvFlags.MDB_NOTLS;
import static org.lmdbjava.EnvFlags.MDB_WRITEMAP;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * LMDB, a transaction for each write: with a writable map and no sync, where the death of the process loses nothing, or
 * with its own defaults, which sync. Readers renew a transaction that they have, as LMDB advises.
 */
final class LmdbAdapter implements Adapter {
    private static final int READERS = 256;
    private static final long LEAST_MAP_BYTES = 1L << 30;
    private static final int MAP_TO_DATA = 6;

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> entries;

    /** Of all threads, to be closed with the store. */
    private final Queue<Txn<ByteBuffer>> readers = new ConcurrentLinkedQueue<>();

    private final ThreadLocal<Own> own;

    LmdbAdapter(Path folder, Guarantee guarantee, Shape shape) {
        EnvFlags[] flags = guarantee == Guarantee.POWER
                ? new EnvFlags[] {MDB_NOTLS}
                : new EnvFlags[] {MDB_NOTLS, MDB_NOSYNC, MDB_WRITEMAP};
        env = Env.create()
                .setMapSize(Math.max(LEAST_MAP_BYTES, MAP_TO_DATA * shape.dataBytes()))
                .setMaxReaders(READERS)
                .setMaxDbs(1)
                .open(folder.toFile(), flags);
        entries = env.openDbi("entries", DbiFlags.MDB_CREATE);
        own = ThreadLocal.withInitial(() -> new Own(shape));
    }

    /** What one thread uses again and again: memory outside of the heap, and a transaction that reads. */
    private final class Own {
        private final ByteBuffer key;
        private final ByteBuffer value;
        private @Nullable Txn<ByteBuffer> reader;

        Own(Shape shape) {
            key = ByteBuffer.allocateDirect(shape.keyBytes());
            value = ByteBuffer.allocateDirect(shape.valueBytes());
        }

        ByteBuffer key(byte[] bytes) {
            return key.clear().put(bytes).flip();
        }

        ByteBuffer value(byte[] bytes) {
            return value.clear().put(bytes).flip();
        }

        Txn<ByteBuffer> beginRead() {
            Txn<ByteBuffer> txn = reader;
            if (txn == null) {
                txn = env.txnRead();
                readers.add(txn);
                reader = txn;
            } else {
                txn.renew();
            }
            return txn;
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        Own mine = own.get();
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            entries.put(txn, mine.key(key), mine.value(value));
            txn.commit();
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Own mine = own.get();
        Txn<ByteBuffer> txn = mine.beginRead();
        try {
            ByteBuffer found = entries.get(txn, mine.key(key));
            return found == null ? null : copy(found);
        } finally {
            txn.reset();
        }
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public void putAll(List<Entry> list) {
        Own mine = own.get();
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            for (Entry entry : list) {
                entries.put(txn, mine.key(entry.key()), mine.value(entry.value()));
            }
            txn.commit();
        }
    }

    @Override
    public void delete(byte[] key) {
        Own mine = own.get();
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            entries.delete(txn, mine.key(key));
            txn.commit();
        }
    }

    @Override
    public void scan(Visitor visitor) {
        try (Txn<ByteBuffer> txn = env.txnRead();
                CursorIterable<ByteBuffer> all = entries.iterate(txn)) {
            for (CursorIterable.KeyVal<ByteBuffer> entry : all) {
                visitor.visit(copy(entry.key()), copy(entry.val()));
            }
        }
    }

    @Override
    public void close() {
        for (Txn<ByteBuffer> reader : readers) {
            reader.close();
        }
        env.close();
    }
}
