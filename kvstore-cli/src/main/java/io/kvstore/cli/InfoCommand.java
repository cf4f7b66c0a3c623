package io.kvstore.cli;

import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.typed.CollectionInfo;
import io.kvstore.typed.TypedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code kvstore info}. */
@Command(
        name = "info",
        description = {
            "Shows what is in a store, and how much of it is garbage.",
            "Buckets, typed collections, keys, bytes, and how much of each segment is overwritten, "
                    + "deleted or expired. Changes nothing."
        })
final class InfoCommand extends StoreCommand {
    private static final int BAR = 32;
    private static final int LINES_MAX = 40;

    @Option(names = "--all", description = "List every segment and bucket, however many there are.")
    boolean all;

    @Override
    public Integer call() {
        try (KVStore store = openToRead()) {
            List<CollectionInfo> collections = TypedStore.of(store).collections();
            if (json) {
                console().json(toJson(store, collections));
            } else {
                print(store, collections);
            }
        }
        return ExitCode.FINE;
    }

    private void print(KVStore store, List<CollectionInfo> collections) {
        KVStats stats = store.stats();
        Console console = console();
        console.line(console.paint(Console.Colour.HEADING, "Store " + Printable.of(directory.toString())));
        long hints = fileBytes(directory, ".hint");
        new Table()
                .row("keys", Human.count(stats.keys()))
                .row("on disk", Human.bytes(fileBytes(directory, ".seg") + hints))
                .row("  of which hint files", Human.bytes(hints))
                .row("records", Human.bytes(stats.logBytes()))
                .row("  of which live", Human.bytes(Math.min(stats.liveBytes(), stats.logBytes())))
                .row("  garbage", Human.percent(stats.garbageRatio()))
                .row("segments", Human.count(stats.segments()))
                .row("index in memory", Human.bytes(stats.indexBytes()))
                .row("opened in", Human.duration(stats.openTime()))
                .print(console);
        printBuckets(store);
        if (!collections.isEmpty()) {
            heading("Typed collections");
            Table table = new Table();
            collections.forEach(c -> table.row(
                    Printable.of(c.name()),
                    c.kind().toString().toLowerCase(java.util.Locale.ROOT),
                    Printable.of(c.keySerializer()
                            + (c.keySerializer().isEmpty()
                                            || c.valueSerializer().isEmpty()
                                    ? ""
                                    : " -> ")
                            + c.valueSerializer()),
                    Human.count(c.size(), "entry", "entries")));
            table.print(console);
        }
        heading("Segments: # live, . garbage");
        for (SegmentGroup group : SegmentGroup.of(stats.segmentFigures(), all ? Integer.MAX_VALUE : LINES_MAX)) {
            console.line(picture(group));
        }
    }

    private void printBuckets(KVStore store) {
        heading("Buckets");
        Table table = new Table().row("(default)", Human.count(store.size(), "key", "keys"));
        int left = all ? Integer.MAX_VALUE : LINES_MAX;
        int hidden = 0;
        for (String name : store.bucketNames()) {
            if (left-- > 0) {
                table.row(Printable.of(name), Human.count(store.bucket(name).size(), "key", "keys"));
            } else {
                hidden++;
            }
        }
        table.print(console());
        if (hidden > 0) {
            console().line("  and " + Human.count(hidden) + " more; --all lists them");
        }
    }

    private String picture(SegmentGroup group) {
        int live = group.logBytes() == 0 ? 0 : (int) Math.round((1 - group.garbageRatio()) * BAR);
        int dead = group.logBytes() == 0 ? 0 : BAR - live;
        return String.format("  %-22s [", group.name())
                + console().paint(Console.Colour.GOOD, "#".repeat(live))
                + console().paint(Console.Colour.WASTE, ".".repeat(dead))
                + " ".repeat(BAR - live - dead)
                + String.format(
                                "] %10s, %5s garbage  %s",
                                Human.bytes(group.logBytes()), Human.percent(group.garbageRatio()), group.remark())
                        .stripTrailing();
    }

    private void heading(String text) {
        console().line("");
        console().line(console().paint(Console.Colour.HEADING, text));
    }

    private ObjectNode toJson(KVStore store, List<CollectionInfo> collections) {
        KVStats stats = store.stats();
        ObjectNode node = CborJson.JSON.createObjectNode();
        node.put("directory", directory.toString())
                .put("keys", stats.keys())
                .put("diskBytes", fileBytes(directory, ".seg") + fileBytes(directory, ".hint"))
                .put("hintBytes", fileBytes(directory, ".hint"))
                .put("logBytes", stats.logBytes())
                .put("liveBytes", stats.liveBytes())
                .put("garbageRatio", stats.garbageRatio())
                .put("indexBytes", stats.indexBytes())
                .put("openMillis", stats.openTime().toMillis());
        ArrayNode buckets = node.putArray("buckets");
        buckets.addObject().put("name", "").put("keys", store.size());
        store.bucketNames()
                .forEach(name -> buckets.addObject()
                        .put("name", name)
                        .put("keys", store.bucket(name).size()));
        ArrayNode typed = node.putArray("collections");
        collections.forEach(c -> typed.addObject()
                .put("name", c.name())
                .put("kind", c.kind().toString().toLowerCase(java.util.Locale.ROOT))
                .put("keySerializer", c.keySerializer())
                .put("valueSerializer", c.valueSerializer())
                .put("size", c.size()));
        ArrayNode segments = node.putArray("segments");
        stats.segmentFigures()
                .forEach(s -> segments.addObject()
                        .put("number", s.number())
                        .put("merged", s.merged())
                        .put("active", s.active())
                        .put("diskBytes", s.diskBytes())
                        .put("logBytes", s.logBytes())
                        .put("liveBytes", s.liveBytes())
                        .put("tombstoneBytes", s.tombstoneBytes())
                        .put("garbageRatio", s.garbageRatio()));
        return node;
    }

    /** What the files of a kind take in a directory. */
    static long fileBytes(Path directory, String suffix) {
        long sum = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + suffix)) {
            for (Path file : files) {
                sum += Files.size(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sum;
    }
}
