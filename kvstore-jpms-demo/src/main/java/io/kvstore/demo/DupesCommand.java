package io.kvstore.demo;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code catalog dupes}: the files that are there more than once, those that waste most first. */
@Command(
        name = "dupes",
        description = {
            "Prints the groups of files of one content, the largest waste first, and the waste in all.",
            "Empty files do not count. Hard links to one file count as copies, though they take no room."
        })
final class DupesCommand implements Callable<Integer> {
    /** How many files of a group are printed. */
    private static final int FILES_SHOWN = 10;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Catalog catalog;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final LimitOption limit = new LimitOption();

    private long copies;
    private long waste;

    @Override
    public Integer call() {
        Smallest<CatalogStore.Group> largest = new Smallest<>(
                limit.limit(),
                Comparator.comparingLong(CatalogStore.Group::waste)
                        .reversed()
                        .thenComparing(CatalogStore.Group::sha256));
        try (CatalogStore store = CatalogStore.openExisting(catalog.storeFolder)) {
            store.eachGroup(group -> {
                largest.offer(group);
                copies += group.files() - 1;
                waste += group.waste();
            });
            largest.sorted().forEach(group -> print(store, group));
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%s%s, %s too many, %s wasted.%n",
                        Human.count(largest.offered(), "group", "groups"),
                        limit.note(largest.offered()),
                        Human.count(copies, "file", "files"),
                        Human.bytes(waste));
        return Catalog.FINE;
    }

    private void print(CatalogStore store, CatalogStore.Group group) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s wasted by %s of %s each%n",
                Human.bytes(group.waste()), Human.count(group.files(), "file", "files"), Human.bytes(group.size()));
        Smallest<String> paths = new Smallest<>(FILES_SHOWN, Comparator.naturalOrder());
        store.paths(group.sha256()).forEach(paths::offer);
        paths.sorted().forEach(path -> out.println("    " + Printable.of(path)));
        if (paths.offered() > FILES_SHOWN) {
            out.println("    and " + Human.count(paths.offered() - FILES_SHOWN) + " more");
        }
    }
}
