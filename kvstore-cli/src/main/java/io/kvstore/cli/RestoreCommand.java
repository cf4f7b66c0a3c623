package io.kvstore.cli;

import io.kvstore.KVBackupProgress;
import io.kvstore.KVVerifyReport;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kvstore restore}. */
@Command(
        name = "restore",
        description = {
            "Copies a backup into a new directory, and checks it.",
            "Every record of the copy is read. The backup stays as it is. Exit code 5 if the copy is "
                    + "damaged; it is left there."
        })
final class RestoreCommand extends StoreCommand {
    @Parameters(index = "1", paramLabel = "NEW_DIR", description = "The directory for the store: absent or empty.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path target;

    @Override
    public Integer call() {
        KVBackupProgress done = BackupCommand.copy(directory, target, null, console());
        KVVerifyReport report = VerifyCommand.verify(target, console());
        if (json) {
            console()
                    .json(CborJson.JSON
                            .createObjectNode()
                            .put("ok", report.ok())
                            .put("copiedBytes", done.copiedBytes())
                            .put("records", report.records()));
        } else {
            console()
                    .line("Restored " + Human.bytes(done.copiedBytes()) + ", "
                            + Human.count(report.records(), "record", "records") + "; "
                            + (report.ok() ? "all sound" : "DAMAGED:"));
            Damage.print(console(), report.damage());
        }
        return report.ok() ? ExitCode.FINE : ExitCode.DAMAGED;
    }
}
