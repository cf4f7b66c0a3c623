package io.kvstore.cli;

import io.kvstore.KVBackupOptions;
import io.kvstore.KVBackupProgress;
import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvstore backup}. */
@Command(
        name = "backup",
        description = {
            "Copies a store into a new directory, itself a store.",
            "Changes nothing in the store. A program that has the store open makes backups itself, by "
                    + "KVStore.backup, while it goes on."
        })
final class BackupCommand extends StoreCommand {
    @Parameters(index = "1", paramLabel = "BACKUP", description = "The directory for the backup: absent or empty.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path target;

    @Option(
            names = "--previous",
            paramLabel = "BACKUP",
            description =
                    "An older backup of the same store: files that have not changed become hard links to its files.")
    @Nullable
    Path previous;

    @Override
    public Integer call() {
        if (previous != null) {
            requireOther(directory, previous);
        }
        KVBackupProgress done = copy(directory, target, previous, console());
        if (json) {
            console()
                    .json(CborJson.JSON
                            .createObjectNode()
                            .put("segments", done.segments())
                            .put("copiedBytes", done.copiedBytes())
                            .put("linkedBytes", done.linkedBytes())
                            .put("millis", done.elapsed().toMillis()));
        } else {
            console()
                    .line("Backed up " + Human.count(done.segments(), "segment", "segments") + ": "
                            + Human.bytes(done.copiedBytes()) + " copied, " + Human.bytes(done.linkedBytes())
                            + " linked, in "
                            + Human.duration(done.elapsed()));
        }
        return ExitCode.FINE;
    }

    /** Copies a store; if that is interrupted, it is taken back. */
    static KVBackupProgress copy(Path from, Path to, @Nullable Path previous, Console console) {
        try (StopSignal stop = new StopSignal()) {
            try {
                return copy(from, to, previous, console, stop);
            } catch (CliException interrupted) {
                console.note("kvstore: interrupted; what was copied into " + to + " is removed again");
                throw interrupted;
            }
        }
    }

    private static KVBackupProgress copy(
            Path from, Path to, @Nullable Path previous, Console console, StopSignal stop) {
        try (KVStore store = openToRead(from);
                Progress progress = new Progress(console, "MiB")) {
            KVBackupOptions.Builder options = KVBackupOptions.builder().listener(at -> {
                if (stop.isRequested()) {
                    throw new CliException(ExitCode.INTERRUPTED, "");
                }
                long bytes = at.copiedBytes() + at.linkedBytes();
                progress.at(bytes >> 20, (double) bytes / Math.max(at.bytes(), 1));
            });
            if (previous != null) {
                options.previous(previous);
            }
            return store.backup(to, options.build());
        }
    }

    private static void requireOther(Path store, Path previous) {
        try {
            if (Files.isSameFile(store, previous)) {
                throw new CliException(ExitCode.USAGE, previous + " is the store itself, not an older backup of it");
            }
        } catch (IOException e) {
            // It is not there, which the backup says.
        }
    }
}
