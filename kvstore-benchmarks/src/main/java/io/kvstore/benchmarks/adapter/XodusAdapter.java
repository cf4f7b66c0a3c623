package io.kvstore.benchmarks.adapter;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Xodus, an exclusive transaction for each write, synced or only handed to the operating system. It may cache in half
 * of the heap, its default.
 */
final class XodusAdapter implements Adapter {
    private final Environment environment;
    private final Store store;

    XodusAdapter(Path folder, Guarantee guarantee) {
        environment = Environments.newInstance(
                folder.toFile(), new EnvironmentConfig().setLogDurableWrite(guarantee == Guarantee.POWER));
        store = environment.computeInTransaction(
                txn -> environment.openStore("entries", StoreConfig.WITHOUT_DUPLICATES, txn));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        environment.executeInExclusiveTransaction(
                txn -> store.put(txn, new ArrayByteIterable(key.clone()), new ArrayByteIterable(value.clone())));
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Transaction txn = environment.beginReadonlyTransaction();
        try {
            ByteIterable found = store.get(txn, new ArrayByteIterable(key));
            return found == null ? null : copy(found);
        } finally {
            txn.abort();
        }
    }

    private static byte[] copy(ByteIterable bytes) {
        return Arrays.copyOf(bytes.getBytesUnsafe(), bytes.getLength());
    }

    @Override
    public void putAll(List<Entry> entries) {
        environment.executeInExclusiveTransaction(txn -> {
            for (Entry entry : entries) {
                store.put(
                        txn,
                        new ArrayByteIterable(entry.key().clone()),
                        new ArrayByteIterable(entry.value().clone()));
            }
        });
    }

    @Override
    public void delete(byte[] key) {
        environment.executeInExclusiveTransaction(txn -> store.delete(txn, new ArrayByteIterable(key)));
    }

    @Override
    public void scan(Visitor visitor) {
        environment.executeInReadonlyTransaction(txn -> {
            try (Cursor cursor = store.openCursor(txn)) {
                while (cursor.getNext()) {
                    visitor.visit(copy(cursor.getKey()), copy(cursor.getValue()));
                }
            }
        });
    }

    @Override
    public void compact() {
        environment.gc();
    }

    @Override
    public void close() {
        environment.close();
    }
}
