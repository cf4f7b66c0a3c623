package io.kvstore.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A deliberate defect: a patch of sources, as {@code ./stress --mutants} applies it. Read here without {@code patch} or
 * {@code git}: a hunk applies if what it takes away, with what stands around that, is in the file at exactly one place.
 *
 * @param name of the file, without its suffix
 * @param harness that must catch it: a regular expression
 * @param hunks what it changes
 */
record Mutant(String name, Pattern harness, List<Hunk> hunks) {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String SUFFIX = ".patch";
    private static final String SOURCE = "+++ b/";

    /**
     * A change at one place.
     *
     * @param source the file, from the root of the project
     * @param expected whole lines
     */
    record Hunk(Path source, String expected) {
        /** At how many places of the source it would apply. */
        int places() {
            String text = '\n' + String.join("\n", lines(source)) + '\n';
            String wanted = '\n' + expected;
            int places = 0;
            for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
                places++;
            }
            return places;
        }
    }

    /** The root of the project. */
    static Path root() {
        return ROOT;
    }

    /** All that there are. */
    static List<Mutant> all() {
        try (Stream<Path> files = Files.list(ROOT.resolve("jcstress-tests/mutants"))) {
            return files.sorted().map(Mutant::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mutant read(Path file) {
        String name = file.getFileName().toString();
        String harness = "";
        boolean described = false;
        Path source = ROOT;
        StringBuilder expected = new StringBuilder();
        List<Hunk> hunks = new ArrayList<>();
        boolean inHunk = false;
        for (String line : lines(file)) {
            boolean ends = line.startsWith("@@ ") || line.startsWith("--- a/");
            if (ends && inHunk) {
                hunks.add(new Hunk(source, expected.toString()));
                expected.setLength(0);
            }
            inHunk = line.startsWith("@@ ") || (inHunk && !ends);
            if (line.startsWith(SOURCE)) {
                source = ROOT.resolve(line.substring(SOURCE.length()));
            } else if (inHunk && !ends && !line.startsWith("+")) {
                // Editors take the blank of an empty line away.
                expected.append(line.isEmpty() ? "" : line.substring(1)).append('\n');
            } else if (line.startsWith("Harness: ")) {
                harness = line.substring("Harness: ".length());
            }
            described |= line.startsWith("Defect: ");
        }
        hunks.add(new Hunk(source, expected.toString()));
        if (!name.endsWith(SUFFIX) || harness.isEmpty() || !described || !inHunk) {
            throw new IllegalArgumentException(
                    file + ": needs a name in .patch, the header lines Harness: and Defect:, and a unified diff");
        }
        return new Mutant(name.substring(0, name.length() - SUFFIX.length()), Pattern.compile(harness), hunks);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
