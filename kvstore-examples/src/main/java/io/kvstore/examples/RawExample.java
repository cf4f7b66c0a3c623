package io.kvstore.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvstore.KVBatch;
import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVStore;
import java.nio.file.Path;
import java.time.Duration;

/** Bytes in, bytes out: the verbs of a bucket, a scan, a batch. */
final class RawExample {
    private RawExample() {}

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static String run(Path directory) {
        StringBuilder seen = new StringBuilder();
        // quick start
        try (KVStore store = KVStore.open(directory)) { // made if it is not there
            store.put(bytes("apples"), bytes("3"));
            byte[] apples = store.get(bytes("apples")); // null when absent
            if (apples != null) {
                store.replace(bytes("apples"), apples, bytes("4")); // compare-and-set
            }
            store.putIfAbsent(bytes("pears"), bytes("1"));
            store.put(bytes("session"), bytes("ann"), Duration.ofHours(1)); // expires

            KVBucket audit = store.bucket("audit"); // named buckets share one log
            try (KVBatch batch = store.batch()) { // all or nothing, over any buckets
                batch.delete(bytes("pears")).put(audit, bytes("1"), bytes("pears sold"));
                batch.commit();
            }
            try (KVCursor cursor = store.scan()) {
                while (cursor.next()) {
                    seen.append(new String(cursor.key(), UTF_8)).append(' ');
                }
            }
        }
        // end
        return seen.toString();
    }

    public static void main(String[] args) {
        System.out.println(run(Path.of(args[0])));
    }
}
