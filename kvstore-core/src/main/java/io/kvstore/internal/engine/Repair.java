package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVDamage;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVRepairReport;
import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.file.FileErrors;
import io.kvstore.internal.file.ReadOnlyDirectory;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.StoreFileLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Saves what is intact in a damaged store into a new one. Touches nothing of the damaged one, which is locked as for
 * reading.
 *
 * <p>Crash story: the new store is made beside the place where it is wanted, and gets its name when it is complete and
 * durable.
 */
final class Repair {
    private static final String UNFINISHED = ".repairing";

    private final Path damaged;
    private final Path target;
    private final long startNanos = System.nanoTime();
    private final List<KVDamage> lost = new ArrayList<>();

    private Repair(Path damaged, Path target) {
        this.damaged = damaged;
        this.target = target;
    }

    static KVRepairReport run(Path damaged, Path target) {
        try {
            return new Repair(damaged, target.toAbsolutePath().normalize()).run();
        } catch (IOException e) {
            throw FileErrors.toStoreError(e, "the store " + damaged + " was not repaired, and not touched");
        }
    }

    private KVRepairReport run() throws IOException {
        ReadOnlyDirectory source = new ReadOnlyDirectory(damaged);
        if (!DiskDirectory.isDirectory(damaged)) {
            throw new KVException(KVErrorCode.STORE_NOT_FOUND, "no directory " + damaged + ": check the path");
        }
        StoreFileLayout store = storeFile(source);
        StoreHome.requireEmpty(target);
        Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
        DirectoryLock lock = source.lock(FileNames.LOCK);
        try (lock) {
            if (!DiskDirectory.createNew(unfinished)) {
                throw new KVException(
                        KVErrorCode.NOT_EMPTY,
                        unfinished + " is there: another repair is under way, or was cut off; then delete it");
            }
            return run(source, store, unfinished);
        }
    }

    private KVRepairReport run(ReadOnlyDirectory source, StoreFileLayout store, Path unfinished) throws IOException {
        try (Undo undo = new Undo(() -> DiskDirectory.deleteWithFiles(unfinished))) {
            Salvage salvage = new Salvage(source, store, lost);
            salvage.read();
            long keys;
            int buckets;
            KVOptions options =
                    KVOptions.builder().durability(Durability.BUFFERED).build();
            try (FileStore repaired = FileStore.open(unfinished, options)) {
                salvage.copyTo(repaired);
                keys = repaired.stats().keys();
                buckets = repaired.bucketNames().size();
            }
            DiskDirectory.moveOverEmpty(unfinished, target);
            undo.keep();
            return new KVRepairReport(
                    lost,
                    salvage.segments(),
                    salvage.records(),
                    keys,
                    buckets,
                    Duration.ofNanos(System.nanoTime() - startNanos));
        }
    }

    /** Without the secrets in it no record can be checked. It never changes: that of any backup will do. */
    private StoreFileLayout storeFile(ReadOnlyDirectory source) throws IOException {
        if (!source.list().contains(FileNames.STORE)) {
            throw new KVException(
                    KVErrorCode.STORE_NOT_FOUND,
                    damaged.resolve(FileNames.STORE)
                            + " is missing: if it was lost, put that of a backup of this store in"
                            + " its place, it never changes");
        }
        try {
            return StoreHome.readStoreFile(source);
        } catch (KVCorruptionException e) {
            throw new KVCorruptionException(
                    e.getMessage() + ": without it no record can be checked; put that of a backup of this store in its"
                            + " place, it never changes",
                    e);
        }
    }
}
