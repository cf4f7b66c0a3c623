package io.kvstore.benchmarks.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders for the files of a run. */
public final class Folders {
    private Folders() {}

    /**
     * An empty folder inside another; what a run before has left in it goes.
     *
     * @param parent where it is made
     * @param name of it
     * @return the folder
     * @throws IOException if it cannot be made
     */
    public static Path fresh(Path parent, String name) throws IOException {
        Path folder = parent.resolve(name);
        delete(folder);
        return Files.createDirectories(folder);
    }

    /**
     * Deletes a folder with all that is in it, if it is there.
     *
     * @param folder to go
     * @throws IOException if something in it cannot be deleted
     */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(Folders::deleteOne);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void deleteOne(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
