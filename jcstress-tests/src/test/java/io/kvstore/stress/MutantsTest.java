package io.kvstore.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * The mutants fit the sources, the harnesses and the document, which {@code ./stress --mutants} takes a while to tell.
 */
class MutantsTest {
    private static final String DOCUMENT = "docs/CONCURRENCY.md";
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** What makes a class one of those that must say how threads may race in it. */
    private static final Pattern LOCK_FREE = Pattern.compile(
            "\\bvolatile [\\w@]|\\bVarHandle \\w+;|\\.fullFence\\(\\)|\\bnew (Atomic\\w+|LongAdder)\\b|VarHandle\\(\\w+\\[\\]\\.class");

    static List<Mutant> mutants() {
        return Mutant.all();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void mutantApplies(Mutant mutant) {
        for (Mutant.Hunk hunk : mutant.hunks()) {
            assertEquals(
                    1,
                    hunk.places(),
                    () -> "places of " + hunk.source() + " at which a hunk of the mutant " + mutant + " applies:\n"
                            + hunk.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void harnessOfTheMutantExists(Mutant mutant) {
        assertTrue(
                TestList.tests().stream().anyMatch(mutant.harness().asPredicate()),
                () -> "no harness is called " + mutant.harness());
    }

    @Test
    void documentNamesEachMutantThatThereIs() throws IOException {
        String table = Files.readString(Mutant.root().resolve(DOCUMENT));
        Set<String> named = codes(table)
                .filter(code -> code.matches("[a-z0-9]+(-[a-z0-9]+)+"))
                .collect(Collectors.toCollection(TreeSet::new));
        named.removeAll(Set.of("jcstress-tests", "kvstore-core", "kvstore-typed"));
        Set<String> there = Mutant.all().stream().map(Mutant::name).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(there, named, DOCUMENT + " and jcstress-tests/mutants");
    }

    @Test
    void documentNamesEachClassThatSharesDataWithoutALock() throws IOException {
        String document = Files.readString(Mutant.root().resolve(DOCUMENT));
        Set<String> named =
                codes(document).flatMap(code -> Stream.of(code.split("\\W+"))).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>();
        int found = 0;
        for (String module : List.of("kvstore-core", "kvstore-typed")) {
            for (Path source : sources(Mutant.root().resolve(module).resolve("src/main/java"))) {
                if (LOCK_FREE.matcher(Files.readString(source)).find()) {
                    found++;
                    String name = source.getFileName().toString().replace(".java", "");
                    if (!named.contains(name)) {
                        missing.add(name);
                    }
                }
            }
        }
        assertTrue(found > 20, "found " + found + " such classes only");
        assertEquals(Set.of(), missing, "classes that " + DOCUMENT + " does not name");
    }

    private static Stream<String> codes(String markdown) {
        return CODE.matcher(markdown)
                .results()
                .map(MatchResult::group)
                .map(code -> code.substring(1, code.length() - 1));
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
