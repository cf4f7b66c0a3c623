package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user gives them: what they print, and how they end. */
class CommandsTest {
    private Tree tree;
    private FaultyDisk disk;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        tree = new Tree(temp);
        disk = new FaultyDisk();
        tree.disk = disk;
    }

    @Test
    void scanPrintsWhatItFound() {
        tree.write("a", "12345");
        tree.write("b", "");
        Tree.Run first = tree.run("scan", tree.root.toString());
        assertThat(first.exitCode()).isEqualTo(0);
        assertThat(first.out())
                .startsWith("Scanned " + tree.root)
                .contains("2 files, 5 B; 2 hashed, 5 B at ")
                .containsPattern("(?m)^ +2 added$\\s+a$\\s+b$")
                .containsPattern("(?m)^ +0 changed$")
                .containsPattern("(?m)^ +0 removed$")
                .containsPattern("(?m)^ +0 unreadable$");

        tree.write("a", "changed");
        tree.delete("b");
        tree.write("c", "new");
        assertThat(tree.run("scan", tree.root.toString()).out())
                .containsPattern("(?m)^ +1 added$\\s+c$")
                .containsPattern("(?m)^ +1 changed$\\s+a$")
                .containsPattern("(?m)^ +1 removed$\\s+b$");
        assertThat(tree.run("scan", tree.root.toString()).out()).contains("none of them hashed");
    }

    @Test
    void scanNamesOnlyTheFirstFew() {
        for (int i = 0; i < 9; i++) {
            tree.write("f" + i, "x");
        }
        assertThat(tree.run("scan", tree.root.toString()).out())
                .contains("f4")
                .doesNotContain("f5")
                .contains("and 4 more");
    }

    @Test
    void scanEndsWithOneWhenSomethingCouldNotBeRead() {
        tree.write("a", "x");
        disk.unopenable.add(tree.write("b", "y"));
        Tree.Run run = tree.run("scan", tree.root.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).containsPattern("(?m)^ +1 unreadable$\\s+b: access denied$");
    }

    @Test
    void scanResolvesALinkAndDots() throws IOException {
        tree.write("real/file", "x");
        assertThat(tree.run("scan", tree.root.resolve("real/../real/.").toString())
                        .out())
                .startsWith("Scanned " + tree.root.resolve("real") + " in");
        try {
            Files.createSymbolicLink(tree.root.resolve("link"), tree.root.resolve("real"));
        } catch (UnsupportedOperationException | FileSystemException e) {
            assumeTrue(false, "this platform makes no links: " + e);
        }
        Tree.Run run = tree.run("scan", tree.root.resolve("link").toString());
        assertThat(run.out())
                .startsWith("Scanned " + tree.root.resolve("real") + " in")
                .contains("none of them hashed");
        assertThat(tree.catalogued()).containsExactly("real/file");
    }

    @Test
    void whatCannotBeScannedIsWrongUsageAndMakesNoStore() {
        Path file = tree.write("file", "x");
        for (String folder : List.of(tree.root.resolve("missing").toString(), file.toString())) {
            Tree.Run run = tree.run("scan", folder);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("cannot scan " + folder).doesNotContain("\tat ");
        }
        assertThat(tree.store).doesNotExist();
    }

    @Test
    void theStoreItselfCannotBeScanned() {
        tree.run("scan", tree.root.toString());
        Tree.Run run = tree.run("scan", tree.store.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("it is the store of this catalog");
    }

    @Test
    void theStoreInsideTheTreeIsSkipped() {
        tree.write("file", "x");
        Path inside = tree.root.resolve("catalog");
        List<String> scan = List.of("scan", tree.root.toString(), "--store", inside.toString());
        assertThat(tree.execute(scan).out()).contains(": 1 file, ");
        assertThat(tree.execute(scan).out()).contains(": 1 file, ").containsPattern("(?m)^ +0 added$");
    }

    @Test
    void wrongUsageEndsWithTwoAndAHint() {
        for (List<String> args : List.of(
                List.<String>of(),
                List.of("scan"),
                List.of("nonsense"),
                List.of("find"),
                List.of("find", "x", "--limit", "0"),
                List.of("find", "x", "--limit", "many"),
                List.of("stats", "--nonsense"))) {
            Tree.Run run = tree.execute(args);
            assertThat(run.exitCode()).as("%s", args).isEqualTo(2);
            assertThat(run.err()).as("%s", args).contains("Try 'catalog").contains("--help'");
            assertThat(run.out()).as("%s", args).isEmpty();
        }
    }

    @Test
    void helpNamesTheExitCodesAndTheDefaultStore() {
        for (List<String> args : List.of(List.of("--help"), List.of("scan", "--help"), List.of("dupes", "-h"))) {
            Tree.Run run = tree.execute(args);
            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .contains("Exit codes:")
                    .contains("some files could not be read")
                    .contains("kvstore-catalog");
        }
    }

    @Test
    void versionIsPrinted() {
        Tree.Run run = tree.execute(List.of("--version"));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("catalog ").contains("Java");
    }

    @Test
    void aStoreErrorEndsWithThreeAndOneSentence() {
        tree.write("file", "x");
        try (KVStore holder = KVStore.open(tree.store)) {
            Tree.Run run = tree.run("scan", tree.root.toString());
            assertThat(holder.bucketNames()).isEmpty();
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err())
                    .startsWith("catalog: ")
                    .doesNotContain("Exception")
                    .doesNotContain("\tat ");
            assertThat(run.err().lines()).hasSize(1);
        }
    }

    @Test
    void askingACatalogThatIsNotThereIsAStoreErrorAndMakesNone() {
        for (String command : List.of("stats", "dupes")) {
            Tree.Run run = tree.run(command);
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).contains("catalog scan DIR");
            assertThat(tree.store).doesNotExist();
        }
    }

    @Test
    void aStoreOfSomethingElseIsRefusedAndLeftAlone() {
        try (KVStore other = KVStore.open(tree.store)) {
            other.bucket("orders").put(new byte[] {1}, new byte[] {2});
        }
        Tree.Run run = tree.run("scan", tree.root.toString());
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("holds something else");
        try (KVStore other = KVStore.open(tree.store)) {
            assertThat(other.bucketNames()).containsExactly("orders");
        }
    }

    @Test
    void aCatalogOfTheFirstVersionIsRefusedAndLeftAlone() {
        try (KVStore store = KVStore.open(tree.store)) {
            store.bucket("files").put(new byte[] {1}, new byte[] {2});
            store.bucket("originals").put(new byte[] {1}, new byte[] {2});
        }
        for (List<String> command : List.of(List.of("stats"), List.of("scan", tree.root.toString()))) {
            Tree.Run run = tree.run(command.toArray(String[]::new));
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).contains("an earlier version of this program", "--store");
        }
        try (KVStore store = KVStore.open(tree.store)) {
            assertThat(store.bucketNames()).containsExactlyInAnyOrder("files", "originals");
        }
    }

    @Test
    void aScanThatGoesOnSaysSoAndAFreshOneBeginsAtTheTop() {
        tree.write("a/f", "x");
        tree.write("b/f", "y");
        tree.disk = new Disk() {
            @Override
            List<Path> list(Path folder) throws IOException {
                if (folder.endsWith("b")) {
                    throw new IllegalStateException("the process dies");
                }
                return super.list(folder);
            }
        };
        tree.run("scan", tree.root.toString());
        tree.disk = disk;
        tree.write("new", "z");

        Tree.Run next = tree.run("scan", tree.root.toString());
        assertThat(next.err()).contains("Going on with the scan of 20", "1 folder known to be left");
        assertThat(next.out()).contains("2 files, 2 B");
        assertThat(tree.catalogued()).as("the top was done").containsExactly("a/f", "b/f");

        tree.disk = new Disk() {
            @Override
            List<Path> list(Path folder) throws IOException {
                throw new IllegalStateException("the process dies");
            }
        };
        tree.run("scan", tree.root.toString());
        tree.disk = disk;
        Tree.Run fresh = tree.run("scan", "--fresh", tree.root.toString());
        assertThat(fresh.err()).doesNotContain("Going on");
        assertThat(tree.catalogued()).containsExactly("a/f", "b/f", "new");
        assertThat(tree.run("stats").out()).contains("3 scans so far", "5 collections");
    }

    @Test
    void anErrorOfTheProgramIsNotTakenForAnUnreadableFile() {
        tree.write("file", "x");
        tree.disk = new Disk() {
            @Override
            List<Path> list(Path folder) {
                throw new IllegalStateException("a bug");
            }
        };
        assertThat(tree.run("scan", tree.root.toString()).exitCode()).isEqualTo(70);
    }

    @Test
    void findPrintsSizeTimeAndPathInWhateverCase() {
        Path readme = tree.write("docs/ReadMe.txt", "12345");
        tree.touch("docs/ReadMe.txt", Instant.parse("2026-01-02T03:04:05Z"));
        tree.write("other", "x");
        tree.scan();
        Tree.Run run = tree.run("find", "readME");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("5 B")
                .contains(Human.time(Instant.parse("2026-01-02T03:04:05Z")))
                .contains(readme.toString())
                .contains("1 file.")
                .doesNotContain("other");
    }

    @Test
    void findPrintsTheFirstByNameWithinItsLimit() {
        for (int i = 0; i < 9; i++) {
            tree.write("wanted" + i, "x");
        }
        tree.scan();
        assertThat(tree.run("find", "wanted", "--limit", "3").out())
                .contains("wanted0", "wanted1", "wanted2")
                .doesNotContain("wanted3")
                .contains("9 files (3 printed");
        assertThat(tree.run("find", "no such text").out()).isEqualTo("0 files." + System.lineSeparator());
    }

    @Test
    void findEscapesWhatWouldForgeALine() {
        assumeTrue(tree.root.getFileSystem().getSeparator().equals("/"), "only a Unix file system has such names");
        tree.write("evil\nname\u001B[2J", "x");
        tree.scan();
        assertThat(tree.run("find", "evil").out())
                .contains("evil\\nname\\u001B[2J")
                .doesNotContain("\u001B");
    }

    @Test
    void dupesPrintsTheLargestWasteFirstAndTheTotal() {
        for (String name : List.of("s1", "s2", "s3", "s4")) {
            tree.write(name, "12");
        }
        for (String name : List.of("large1", "large2")) {
            tree.write(name, "x".repeat(2_000));
        }
        tree.write("alone", "nobody has this");
        tree.scan();

        Tree.Run run = tree.run("dupes");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsSubsequence(
                        "2.0 kB wasted by 2 files of 2.0 kB each",
                        "large1",
                        "large2",
                        "6 B wasted by 4 files of 2 B each",
                        "s1",
                        "s4",
                        "2 groups, 4 files too many, 2.0 kB wasted.")
                .doesNotContain("alone");
        assertThat(tree.run("dupes", "--limit", "1").out())
                .contains("large1")
                .doesNotContain("s1")
                .contains("2 groups (1 printed; --limit N prints more), 4 files too many, 2.0 kB wasted.");
    }

    @Test
    void dupesOfALargeGroupNamesTheFirstFew() {
        for (int i = 10; i < 40; i++) {
            tree.write("f" + i, "same");
        }
        tree.scan();
        assertThat(tree.run("dupes").out())
                .contains("f10", "f19")
                .doesNotContain("f20")
                .contains("and 20 more");
    }

    @Test
    void statsPrintsFilesRootsAndTheStore() {
        tree.write("a/f", "12345");
        tree.write("b/f", "123");
        tree.run("scan", tree.root.resolve("a").toString());
        tree.run("scan", tree.root.resolve("b").toString());
        Tree.Run run = tree.run("stats");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("2 files, 8 B")
                .containsSubsequence("root " + tree.root.resolve("a"), "1 file, 5 B, last scan 20")
                .containsSubsequence("root " + tree.root.resolve("b"), "1 file, 3 B, last scan 20")
                .contains("store " + tree.store)
                .contains("entries in", "on disk", "index of")
                .doesNotContain("not finished");
    }

    @Test
    void aRootThatIsGoneIsForgottenByTheScanThatNoticed() {
        tree.write("a/b/f", "x");
        tree.run("scan", tree.root.resolve("a/b").toString());
        tree.delete("a/b");
        tree.run("scan", tree.root.toString());
        assertThat(tree.run("stats").out())
                .contains("root " + tree.root)
                .doesNotContain("root " + tree.root.resolve("a/b"));
    }

    @Test
    void statsTellsThatAScanDidNotComeToItsEnd() {
        tree.write("f", "x");
        tree.disk = new Disk() {
            @Override
            List<Path> list(Path folder) {
                throw new IllegalStateException("the process dies");
            }
        };
        tree.run("scan", tree.root.toString());
        assertThat(tree.run("stats").out()).contains("not finished yet");
        tree.disk = disk;
        tree.run("scan", tree.root.toString());
        assertThat(tree.run("stats").out()).doesNotContain("not finished yet");
    }
}
