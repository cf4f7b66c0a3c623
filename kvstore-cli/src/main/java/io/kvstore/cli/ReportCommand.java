package io.kvstore.cli;

import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kvstore report}. */
@Command(
        name = "report",
        description = {
            "Writes a page of HTML with pictures of a store.",
            "Live and dead bytes by segment, sizes of keys and values, growth, merges, buckets. One "
                    + "file that needs nothing else. Reads every entry; changes nothing in the store."
        })
final class ReportCommand extends StoreCommand {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "kvstore-report.html",
            description = "Where to write; - is standard output. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path output;

    @Override
    public Integer call() throws IOException {
        boolean standardOutput = output.toString().equals("-");
        if (json && standardOutput) {
            throw wrongUsage("with --json, give a file with --output");
        }
        if (!standardOutput) {
            requirePlace(output);
        }
        String page;
        try (KVStore store = openToRead();
                Progress progress = new Progress(console(), "entries")) {
            page = HtmlReport.of(StoreSurvey.of(directory, store, progress), Instant.now());
        }
        if (standardOutput) {
            console().out().print(page);
        } else {
            Files.writeString(output, page);
            if (json) {
                console().json(CborJson.JSON.createObjectNode().put("file", output.toString()));
            } else {
                console().note("Wrote " + output + "; open it in a browser");
            }
        }
        return ExitCode.FINE;
    }
}
