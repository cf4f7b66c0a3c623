package io.kvstore.cli;

import io.kvstore.KVRepairReport;
import io.kvstore.KVStore;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code kvstore repair}. */
@Command(
        name = "repair",
        description = {
            "Saves what is intact in a damaged store into a new one.",
            "Lists what was lost. The damaged store stays as it is. Exit code 5 if anything was lost."
        })
final class RepairCommand extends StoreCommand {
    @Parameters(index = "1", paramLabel = "NEW_DIR", description = "The directory for the new store: absent or empty.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path target;

    @Override
    public Integer call() {
        KVRepairReport report = KVStore.repair(directory, target);
        if (json) {
            ObjectNode node = CborJson.JSON
                    .createObjectNode()
                    .put("keys", report.keys())
                    .put("buckets", report.buckets())
                    .put("records", report.records())
                    .put("segments", report.segments())
                    .put("millis", report.elapsed().toMillis());
            Damage.put(node, "lost", report.lost());
            console().json(node);
        } else {
            console()
                    .line("Saved " + Human.count(report.keys(), "key", "keys") + " into "
                            + Printable.of(target.toString()) + "; "
                            + (report.lost().isEmpty()
                                    ? "nothing was lost"
                                    : "lost what was in "
                                            + Human.count(report.lost().size(), "damaged place", "damaged places")));
            Damage.print(console(), report.lost());
        }
        return report.lost().isEmpty() ? ExitCode.FINE : ExitCode.DAMAGED;
    }
}
