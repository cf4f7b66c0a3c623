package io.kvstore.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvstore.KVBucket;
import io.kvstore.KVConflictException;
import io.kvstore.KVStore;
import io.kvstore.KVTransaction;
import java.nio.file.Path;
import java.util.Objects;

/** Money that is moved wholly or not at all, whoever else moves some. */
final class TransactionExample {
    private static final byte[] ANN = "ann".getBytes(UTF_8);
    private static final byte[] BOB = "bob".getBytes(UTF_8);

    private TransactionExample() {}

    private static byte[] bytes(long amount) {
        return Long.toString(amount).getBytes(UTF_8);
    }

    private static long amount(KVBucket accounts, byte[] owner) {
        return Long.parseLong(new String(Objects.requireNonNull(accounts.get(owner)), UTF_8));
    }

    static String run(Path directory) {
        // quick start
        try (KVStore store = KVStore.open(directory)) {
            store.bucket("accounts").put(ANN, bytes(100));
            store.bucket("accounts").put(BOB, bytes(0));

            // serializable; run again after a conflict
            long left = store.transact(tx -> {
                KVBucket accounts = tx.bucket("accounts");
                long rest = amount(accounts, ANN) - 30;
                accounts.put(ANN, bytes(rest));
                accounts.put(BOB, bytes(amount(accounts, BOB) + 30));
                return rest;
            });

            try (KVTransaction tx = store.begin()) { // or step by step
                KVBucket accounts = tx.bucket("accounts");
                accounts.put(BOB, bytes(amount(accounts, BOB) - 10));
                accounts.put(ANN, bytes(amount(accounts, ANN) + 10));
                tx.commit(); // without it nothing happens
            } catch (KVConflictException e) {
                // what was read has changed meanwhile: begin again
            }
            KVBucket accounts = store.bucket("accounts");
            return "ann " + left + ", then " + amount(accounts, ANN) + "; bob " + amount(accounts, BOB);
        }
        // end
    }

    public static void main(String[] args) {
        System.out.println(run(Path.of(args[0])));
    }
}
