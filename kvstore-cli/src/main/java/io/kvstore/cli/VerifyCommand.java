package io.kvstore.cli;

import io.kvstore.KVStore;
import io.kvstore.KVVerifyReport;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** {@code kvstore verify}. */
@Command(
        name = "verify",
        description = {
            "Checks every record and hint file of a store.",
            "Records are checked against their checksums, and the hint files against the records. "
                    + "Exit code 5 if anything is damaged. Changes nothing."
        })
final class VerifyCommand extends StoreCommand {
    @Override
    public Integer call() {
        KVVerifyReport report = verify(directory, console());
        if (json) {
            ObjectNode node = CborJson.JSON
                    .createObjectNode()
                    .put("ok", report.ok())
                    .put("segments", report.segments())
                    .put("records", report.records())
                    .put("hints", report.hints())
                    .put("bytes", report.bytes())
                    .put("millis", report.elapsed().toMillis());
            Damage.put(node, "damage", report.damage());
            console().json(node);
        } else {
            String sum = report.ok()
                    ? console().paint(Console.Colour.GOOD, "Sound")
                    : console()
                            .paint(
                                    Console.Colour.BAD,
                                    Human.count(report.damage().size(), "damaged place", "damaged places"));
            console()
                    .line(sum + ": " + Human.count(report.records(), "record", "records") + " in "
                            + Human.count(report.segments(), "segment", "segments") + ", "
                            + Human.count(report.hints(), "hint file", "hint files") + ", "
                            + Human.bytes(report.bytes()) + ", checked in "
                            + Human.duration(report.elapsed()));
            Damage.print(console(), report.damage());
            if (!report.ok()) {
                console().note("Restore a backup, or save what is intact: kvstore repair " + directory + " NEW_DIR");
            }
        }
        return report.ok() ? ExitCode.FINE : ExitCode.DAMAGED;
    }

    static KVVerifyReport verify(Path directory, Console console) {
        try (KVStore store = openToRead(directory);
                Progress progress = new Progress(console, "MiB checked")) {
            return store.verify(
                    at -> progress.at(at.verifiedBytes() >> 20, (double) at.verifiedBytes() / Math.max(at.bytes(), 1)));
        }
    }
}
