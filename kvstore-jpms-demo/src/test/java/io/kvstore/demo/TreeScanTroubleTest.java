package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scan makes of trees that are interrupted, unreadable, linked or oddly named. */
class TreeScanTroubleTest {
    private Tree tree;
    private FaultyDisk disk;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        tree = new Tree(temp);
        disk = new FaultyDisk();
        tree.disk = disk;
    }

    @Test
    void anInterruptedScanReportsNothingUnseenAsRemovedAndTheNextGoesOn() {
        for (int i = 0; i < 10; i++) {
            tree.write("folder" + i + "/file" + i, "content " + i);
        }
        tree.scan();
        tree.write("folder1/new", "n");
        tree.write("folder8/new", "n");
        tree.delete("folder9");

        tree.disk = new FaultyDisk() {
            @Override
            List<Path> list(Path folder) throws IOException {
                if (folder.endsWith("folder5")) {
                    tree.stop.request();
                }
                return super.list(folder);
            }
        };
        tree.delete("folder0/file0");
        ScanReport interrupted = tree.scan();
        assertThat(interrupted.complete()).isFalse();
        assertThat(interrupted.added().first()).containsExactly(name("folder1/new"));
        // folder9 is missing in the root's own listing, which was read; nothing else is taken for gone.
        assertThat(interrupted.removed().first())
                .containsExactlyInAnyOrder(name("folder0/file0"), name("folder9/file9"));

        tree.disk = disk;
        disk.opened.clear();
        tree.stop = new StopSignal();
        ScanReport next = tree.scan();
        assertThat(next.complete()).isTrue();
        assertThat(next.added().first()).containsExactly(name("folder8/new"));
        assertThat(next.removed().count()).isZero();
        assertThat(disk.opened).containsExactly(tree.root.resolve("folder8/new"));
    }

    @Test
    void filesHashedBeforeAnInterruptAreNotHashedAgain() {
        for (int i = 0; i < 10; i++) {
            tree.write("file" + i, "content " + i);
        }
        tree.disk = new Disk() {
            @Override
            InputStream open(Path file) throws IOException {
                if (file.endsWith("file3")) {
                    tree.stop.request();
                }
                return super.open(file);
            }
        };
        ScanReport interrupted = tree.scan();
        assertThat(interrupted.complete()).isFalse();
        assertThat(interrupted.hashedFiles()).as("the file at hand is finished").isEqualTo(4);

        tree.disk = disk;
        tree.stop = new StopSignal();
        ScanReport next = tree.scan();
        assertThat(next.hashedFiles()).isEqualTo(6);
        assertThat(next.added().count()).isEqualTo(6);
        assertThat(next.files()).isEqualTo(10);
    }

    @Test
    void aFileThatTakesTooLongAfterAnInterruptIsLeftForTheNextScan() {
        tree.write("a", "first");
        tree.write("b", "x".repeat(1_000_000));
        AtomicLong clock = new AtomicLong();
        tree.stop = new StopSignal(clock::get);
        tree.disk = new Disk() {
            @Override
            InputStream open(Path file) throws IOException {
                if (file.endsWith("b")) {
                    tree.stop.request();
                    clock.addAndGet(Duration.ofSeconds(3).toNanos());
                }
                return super.open(file);
            }
        };
        ScanReport interrupted = tree.scan();
        assertThat(interrupted.complete()).isFalse();
        assertThat(interrupted.unreadable().count()).isZero();
        assertThat(tree.catalogued()).containsExactly("a");

        tree.stop = new StopSignal();
        tree.disk = disk;
        assertThat(tree.scan().added().first()).containsExactly("b");
    }

    @Test
    void aFileThatGoesAfterAnInterruptIsNoticed() {
        for (int i = 0; i < 5; i++) {
            tree.write("file" + i, "content " + i);
        }
        tree.disk = new Disk() {
            @Override
            InputStream open(Path file) throws IOException {
                tree.stop.request();
                return super.open(file);
            }
        };
        tree.scan();
        tree.delete("file0");
        tree.disk = disk;
        tree.stop = new StopSignal();
        assertThat(tree.scan().removed().first()).containsExactly("file0");
    }

    @Test
    void aFolderThatCannotBeReadIsReportedAndItsFilesAreNotTakenForGone() {
        tree.write("closed/inner/file", "x");
        tree.write("closed/file", "y");
        tree.write("open/file", "z");
        tree.scan();

        disk.unlistable.add(tree.root.resolve("closed"));
        tree.write("open/new", "n");
        ScanReport report = tree.scan();

        assertThat(report.unreadable().first()).containsExactly("closed: access denied");
        assertThat(report.removed().count()).isZero();
        assertThat(report.added().first()).containsExactly(name("open/new"));
        assertThat(tree.catalogued()).contains("closed/file", "closed/inner/file");
    }

    @Test
    void namesWhoseAttributesCannotBeReadKeepTheirEntries() {
        tree.write("folder/file", "x");
        tree.write("file", "y");
        tree.scan();
        disk.unstatable.add(tree.root.resolve("folder"));
        disk.unstatable.add(tree.root.resolve("file"));
        disk.unlistable.add(tree.root.resolve("folder"));

        ScanReport report = tree.scan();

        assertThat(report.unreadable().first()).containsExactly("file: access denied", "folder: access denied");
        assertThat(report.removed().count()).isZero();
        assertThat(tree.catalogued()).containsExactly("file", "folder/file");
    }

    @Test
    void aFileThatCannotBeReadIsReportedAndTheScanGoesOn() {
        tree.write("a", "x");
        tree.write("b", "y");
        tree.write("c", "z");
        disk.unopenable.add(tree.root.resolve("b"));

        ScanReport report = tree.scan();

        assertThat(report.unreadable().first()).containsExactly("b: access denied");
        assertThat(report.complete()).isTrue();
        assertThat(tree.catalogued()).containsExactly("a", "c");
    }

    @Test
    void aFileThatCanNoLongerBeReadKeepsItsEntryAndIsReadWhenItCan() {
        tree.write("f", "one");
        tree.scan();
        tree.write("f", "other");
        disk.unopenable.add(tree.root.resolve("f"));
        ScanReport denied = tree.scan();
        assertThat(denied.unreadable().count()).isEqualTo(1);
        assertThat(denied.removed().count()).isZero();
        assertThat(tree.catalogued()).containsExactly("f");

        disk.unopenable.clear();
        assertThat(tree.scan().changed().first()).containsExactly("f");
    }

    @Test
    void onlyTheFirstFewUnreadableFilesAreNamed() {
        IntStream.range(0, 20).forEach(i -> disk.unopenable.add(tree.write("f" + i, "x")));
        Tally unreadable = tree.scan().unreadable();
        assertThat(unreadable.count()).isEqualTo(20);
        assertThat(unreadable.first()).hasSize(Tally.FIRST);
    }

    @Test
    void linksAreNotFollowedAndLoopsEnd() throws IOException {
        Path file = tree.write("folder/file", "x");
        link("to file", file);
        link("folder/up", tree.root);
        link("broken", tree.root.resolve("nowhere"));

        ScanReport report = tree.scan();

        assertThat(report.skipped()).isEqualTo(3);
        assertThat(report.unreadable().count()).isZero();
        assertThat(tree.catalogued()).containsExactly("folder/file");
    }

    @Test
    void aFolderThatBecomesALinkTakesItsFilesWithIt() throws IOException {
        tree.write("folder/file", "x");
        tree.scan();
        Files.move(tree.root.resolve("folder"), tree.root.resolve("moved"));
        link("folder", tree.root.resolve("moved"));
        ScanReport report = tree.scan();
        assertThat(report.removed().first()).containsExactly(name("folder/file"));
        assertThat(report.added().first()).containsExactly(name("moved/file"));
    }

    @Test
    void specialFilesAreSkipped() throws Exception {
        Path pipe = tree.root.resolve("pipe");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "this platform makes no pipes");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        ScanReport report = tree.scan();
        assertThat(report.skipped()).isEqualTo(1);
        assertThat(report.files()).isZero();
    }

    @Test
    void oddNamesAreStoredAndFoundAgain() {
        List<String> names = new ArrayList<>(List.of("in the middle", "quote'", "\u00E9", "e\u0301", "\uD83D\uDE00"));
        if (tree.root.getFileSystem().getSeparator().equals("/")) {
            names.addAll(
                    List.of(" around ", "\"", "line\nbreak", "bell\u0007", "\u001B[31mred", "back\\slash", "-rf", "*"));
        }
        CharsetEncoder encoder =
                Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder();
        names.removeIf(name -> !encoder.canEncode(name));
        names.forEach(name -> tree.write(name, "content of " + name));

        assertThat(tree.scan().added().count()).isEqualTo(names.size());
        ScanReport again = tree.scan();
        assertThat(again.hashedFiles()).isZero();
        assertThat(again.removed().count()).isZero();
        assertThat(tree.catalogued()).hasSameSizeAs(names);
    }

    @Test
    void namesAsLongAsTheFileSystemHasThemAreStored() {
        String folder = "d".repeat(200);
        String deep = String.join("/", List.of(folder, folder, folder, folder, "f".repeat(200)));
        tree.write(deep, "x");
        tree.scan();
        assertThat(tree.catalogued()).containsExactly(deep);
    }

    @Test
    void aNameThatIsNoTextIsReportedAndTheScanGoesOn() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "only a Unix shell makes such a name");
        tree.write("plain", "x");
        assumeTrue(
                new ProcessBuilder("/bin/sh", "-c", "mkdir \"$(printf 'bad\\377dir')\" && : > \"$(printf 'bad\\377')\"")
                                .directory(tree.root.toFile())
                                .start()
                                .waitFor()
                        == 0,
                "this file system refuses such a name");

        ScanReport report = tree.scan();

        assertThat(report.unreadable().count()).isEqualTo(2);
        assertThat(report.unreadable().first()).allMatch(line -> line.contains("is not text in the encoding"));
        assertThat(tree.catalogued()).containsExactly("plain");
    }

    @Test
    void aFolderThatFailsHalfWayIsNotComparedAtAll() {
        tree.write("folder/a", "x");
        tree.write("folder/b", "y");
        tree.scan();
        tree.disk = new Disk() {
            @Override
            List<Path> list(Path folder) throws IOException {
                if (folder.endsWith("folder")) {
                    throw new FileSystemException(folder.toString(), null, "Input/output error");
                }
                return super.list(folder);
            }
        };
        ScanReport report = tree.scan();
        assertThat(report.unreadable().first()).containsExactly("folder: Input/output error");
        assertThat(report.removed().count()).isZero();
    }

    private static String name(String path) {
        return Path.of(path).toString();
    }

    private void link(String name, Path target) throws IOException {
        try {
            Files.createSymbolicLink(tree.root.resolve(name), target);
        } catch (UnsupportedOperationException | FileSystemException e) {
            assumeTrue(false, "this platform makes no links: " + e);
        }
    }
}
