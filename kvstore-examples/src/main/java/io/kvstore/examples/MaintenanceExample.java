package io.kvstore.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvstore.KVBackupOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.KVVerifyReport;
import java.nio.file.Path;
import java.time.Duration;

/** Time-to-live, figures, a merge, and the drill of backup and restore. */
final class MaintenanceExample {
    private MaintenanceExample() {}

    static String run(Path directory) {
        Path original = directory.resolve("orders");
        try (KVStore store = KVStore.open(original)) {
            for (int i = 0; i < 1000; i++) {
                store.put("last".getBytes(UTF_8), ("value " + i).getBytes(UTF_8));
            }
            store.put("token".getBytes(UTF_8), "secret".getBytes(UTF_8), Duration.ofMinutes(5));
            store.merge(); // the background does that by itself, when there is enough garbage
            KVStats stats = store.stats();
            System.out.printf("%d keys, %.0f %% garbage%n", stats.keys(), 100 * stats.garbageRatio());
        }
        Path backup = directory.resolve("monday");
        drill(original, backup);
        try (KVStore restored = KVStore.open(backup)) { // a backup is a store
            return restored.size() + " keys restored";
        }
    }

    private static void drill(Path original, Path target) {
        // quick start
        try (KVStore store = KVStore.open(original)) { // in use: writers go on
            KVBackupOptions copies = KVBackupOptions.builder().hardLinks(false).build();
            store.backup(target, copies);
        }
        try (KVStore backup = KVStore.open("kvstore:file:" + target + "?readOnly=true")) {
            KVVerifyReport report = backup.verify();
            if (!report.ok()) {
                throw new IllegalStateException(report.toString());
            }
        }
        // end
    }

    public static void main(String[] args) {
        System.out.println(run(Path.of(args[0])));
    }
}
