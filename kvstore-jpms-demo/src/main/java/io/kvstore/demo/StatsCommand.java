package io.kvstore.demo;

import io.kvstore.KVStats;
import java.io.PrintWriter;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code catalog stats}: what is in the catalog, when it was scanned, and how its store is. */
@Command(name = "stats", description = "Prints files, bytes, the roots with their last scans, and the store's figures.")
final class StatsCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Catalog catalog;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private long files;
    private long bytes;

    @Override
    public Integer call() {
        try (CatalogStore store = CatalogStore.openExisting(catalog.storeFolder)) {
            PrintWriter out = spec.commandLine().getOut();
            store.eachFile((path, entry) -> {
                files++;
                bytes += entry.size();
            });
            out.printf("%s, %s%n", Human.count(files, "file", "files"), Human.bytes(bytes));
            NavigableMap<String, RootScan> roots = new TreeMap<>();
            store.eachRoot(roots::put);
            roots.forEach((path, scan) -> out.printf("root %s%n    %s%n", Printable.of(path), describe(scan)));
            out.printf("%s so far%n", Human.count(store.runs(), "scan", "scans"));
            print(out, store);
        }
        return Catalog.FINE;
    }

    private static String describe(RootScan scan) {
        RootScan.Run run = scan.run();
        if (scan.completed() == null) {
            return run == null ? "never scanned" : "begun " + unfinished(run);
        }
        return Human.count(scan.files(), "file", "files") + ", " + Human.bytes(scan.bytes()) + ", last scan "
                + Human.time(scan.completed()) + (run == null ? "" : "; begun again " + unfinished(run));
    }

    private static String unfinished(RootScan.Run run) {
        return Human.time(run.started()) + ", not finished yet";
    }

    private static void print(PrintWriter out, CatalogStore store) {
        KVStats stats = store.stats();
        out.printf("store %s%n", Printable.of(store.folder()));
        out.printf(
                "    %s in %s, %s%n",
                Human.count(stats.keys(), "entry", "entries"),
                Human.count(store.collections(), "collection", "collections"),
                Human.count(stats.segments(), "segment", "segments"));
        out.printf(
                "    %s on disk; log of %s, %d %% of it garbage%n",
                Human.bytes(stats.diskBytes()), Human.bytes(stats.logBytes()), Math.round(stats.garbageRatio() * 100));
        out.printf(
                "    opened in %s, from %s; index of %s in memory%n",
                Human.duration(stats.openTime().toNanos()),
                Human.count(stats.recoveredRecords(), "record", "records"),
                Human.bytes(stats.indexBytes()));
    }
}
