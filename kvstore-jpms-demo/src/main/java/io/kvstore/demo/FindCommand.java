package io.kvstore.demo;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code catalog find TEXT}: the files whose path contains a text. */
@Command(
        name = "find",
        description = "Prints size, time of change and path of the files whose path contains a text, in whatever case.")
final class FindCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Catalog catalog;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final LimitOption limit = new LimitOption();

    @Parameters(paramLabel = "TEXT", description = "What to look for in the absolute path.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String text;

    private record Found(String path, FileEntry entry) {}

    @Override
    public Integer call() {
        Smallest<Found> found = new Smallest<>(limit.limit(), Comparator.comparing(Found::path));
        String wanted = text.toLowerCase(Locale.ROOT);
        try (CatalogStore store = CatalogStore.openExisting(catalog.storeFolder)) {
            store.eachFile((path, entry) -> {
                if (path.toLowerCase(Locale.ROOT).contains(wanted)) {
                    found.offer(new Found(path, entry));
                }
            });
        }
        PrintWriter out = spec.commandLine().getOut();
        for (Found file : found.sorted()) {
            FileEntry entry = file.entry();
            out.printf(
                    "%10s  %s  %s%n",
                    Human.bytes(entry.size()), Human.time(entry.modified()), Printable.of(file.path()));
        }
        out.printf("%s%s.%n", Human.count(found.offered(), "file", "files"), limit.note(found.offered()));
        return Catalog.FINE;
    }
}
