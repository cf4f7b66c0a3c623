package io.kvstore.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code catalog scan DIR}: brings the catalog up to date with a tree, and says what was new. */
@Command(
        name = "scan",
        description = {
            "Walks a tree, stores what is new or changed, and drops what is gone.",
            "A file of the same size and time of change is not read again. Links are not followed; links and special"
                    + " files are skipped, and so is the store itself. Ctrl-C stops after the current file: the next"
                    + " scan of DIR goes on from there, with the folders that are left."
        })
final class ScanCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Catalog catalog;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder to scan; a link is resolved.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path folder;

    @Option(
            names = "--fresh",
            description = "Begin at the top, also where a scan of DIR was interrupted and could go on.")
    private boolean fresh;

    private final Disk disk;

    ScanCommand(Disk disk) {
        this.disk = disk;
    }

    @Override
    public Integer call() {
        Path root = realRoot();
        PrintWriter err = spec.commandLine().getErr();
        try (StopSignal stop = StopSignal.onShutdown(err)) {
            Progress progress = new Progress(err, Terminal.isOnStandardError(), System::nanoTime);
            ScanReport report = scan(root, progress, stop);
            print(root, report, progress);
            if (!report.complete()) {
                return Catalog.INTERRUPTED;
            }
            return report.unreadable().count() > 0 ? Catalog.SOME_UNREADABLE : Catalog.FINE;
        }
    }

    private ScanReport scan(Path root, Progress progress, StopSignal stop) {
        try (CatalogStore store = CatalogStore.openOrCreate(catalog.storeFolder)) {
            spec.commandLine()
                    .getErr()
                    .println("Scanning " + Printable.of(root) + " (Ctrl-C stops; the next scan goes on from there)");
            Instant start = Instant.now();
            RootScan.Run run = store.beginRun(root.toString(), start, fresh);
            if (!run.started().equals(start)) {
                spec.commandLine()
                        .getErr()
                        .println("Going on with the scan of " + Human.time(run.started()) + ": "
                                + Human.count(store.pending(run).size(), "folder", "folders") + " known to be left");
            }
            return new TreeScan(root, store, disk, progress, stop).run(run);
        } finally {
            progress.end();
        }
    }

    /** The folder to scan as the store knows it, tried before the store is made. */
    private Path realRoot() {
        try {
            Path root = folder.toRealPath();
            if (!Files.isDirectory(root)) {
                throw wrong("not a folder");
            }
            if (!Files.isReadable(root)) {
                throw wrong("access denied");
            }
            if (Files.exists(catalog.storeFolder) && root.startsWith(catalog.storeFolder.toRealPath())) {
                throw wrong("it is the store of this catalog");
            }
            String whyNoKey = CatalogStore.whyNoKey(root);
            if (whyNoKey != null) {
                throw wrong(whyNoKey);
            }
            return root;
        } catch (NoSuchFileException e) {
            throw wrong("no such folder");
        } catch (IOException e) {
            throw wrong(TreeScan.reason(e));
        }
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), "cannot scan " + folder + ": " + why);
    }

    private void print(Path root, ScanReport report, Progress progress) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s %s in %s: %s, %s; %s.%n",
                report.complete() ? "Scanned" : "Interrupted:",
                Printable.of(root),
                Human.duration(progress.elapsedNanos()),
                Human.count(report.files(), "file", "files"),
                Human.bytes(report.bytes()),
                report.hashedFiles() == 0 ? "none of them hashed" : hashed(report, progress));
        print(out, "added", report.added());
        print(out, "changed", report.changed());
        print(out, "removed", report.removed());
        print(out, "unreadable", report.unreadable());
        out.printf("%9s links and special files skipped%n", Human.count(report.skipped()));
        if (!report.complete()) {
            out.println("All that was hashed is stored. The next scan goes on from there.");
        }
        out.flush();
    }

    private static String hashed(ScanReport report, Progress progress) {
        return Human.count(report.hashedFiles()) + " hashed, " + Human.bytes(progress.hashedBytes()) + " at "
                + progress.rate();
    }

    private static void print(PrintWriter out, String what, Tally tally) {
        out.printf("%9s %s%n", Human.count(tally.count()), what);
        tally.first().forEach(name -> out.println("            " + Printable.of(name)));
        long more = tally.count() - tally.first().size();
        if (more > 0) {
            out.println("            and " + Human.count(more) + " more");
        }
    }
}
