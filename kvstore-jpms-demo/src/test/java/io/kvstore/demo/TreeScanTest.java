package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scan finds and stores, on a real file system. */
class TreeScanTest {
    private Tree tree;
    private FaultyDisk disk;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        tree = new Tree(temp);
        disk = new FaultyDisk();
        tree.disk = disk;
    }

    @Test
    void everyRegularFileIsStoredWithSizeTimesAndHash() throws IOException {
        Path file = tree.write("sub/hello.txt", "hello");
        tree.write("empty", "");

        ScanReport report = tree.scan();

        assertThat(report.complete()).isTrue();
        assertThat(report.files()).isEqualTo(2);
        assertThat(report.bytes()).isEqualTo(5);
        assertThat(report.added().first())
                .containsExactly("empty", Path.of("sub", "hello.txt").toString());
        try (CatalogStore catalog = CatalogStore.openExisting(tree.store)) {
            FileEntry entry = catalog.file(file.toString());
            assertThat(entry).isNotNull();
            assertThat(entry.size()).isEqualTo(5);
            assertThat(entry.modified())
                    .isEqualTo(Files.getLastModifiedTime(file).toInstant());
            assertThat(entry.sha256()).isEqualTo(Tree.sha256("hello".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void anEmptyTreeIsFine() {
        ScanReport report = tree.scan();
        assertThat(report.complete()).isTrue();
        assertThat(report.files()).isZero();
        assertThat(tree.catalogued()).isEmpty();
    }

    @Test
    void aFileLargerThanTheBufferIsHashedWhole() {
        String content = "0123456789".repeat(100_000);
        Path file = tree.write("large", content);
        tree.scan();
        try (CatalogStore catalog = CatalogStore.openExisting(tree.store)) {
            assertThat(catalog.file(file.toString()).sha256())
                    .isEqualTo(Tree.sha256(content.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void theSecondScanFindsWhatWasAddedChangedAndRemoved() {
        tree.write("kept", "same");
        tree.write("changed", "one");
        tree.write("gone", "x");
        tree.write("folder/gone too", "y");
        tree.write("folder/deep/gone as well", "z");
        tree.scan();

        tree.write("changed", "two");
        tree.write("new/file", "n");
        tree.delete("gone");
        tree.delete("folder");
        ScanReport report = tree.scan();

        assertThat(report.added().first()).containsExactly(name("new/file"));
        assertThat(report.changed().first()).containsExactly("changed");
        assertThat(report.removed().first())
                .containsExactlyInAnyOrder("gone", name("folder/gone too"), name("folder/deep/gone as well"));
        assertThat(report.files()).isEqualTo(3);
        assertThat(tree.catalogued()).containsExactly("changed", "kept", "new/file");
    }

    @Test
    void anUnchangedFileIsNotReadAgainAndNoEntryIsWritten() {
        for (int i = 0; i < 100; i++) {
            tree.write("a/b/c" + i, "text");
        }
        tree.scan();
        disk.opened.clear();

        try (CatalogStore catalog = CatalogStore.openOrCreate(tree.store)) {
            long putsBefore = catalog.stats().puts();
            ScanReport report = tree.scan(tree.root, catalog);
            assertThat(report.files()).isEqualTo(100);
            assertThat(report.hashedFiles()).isZero();
            assertThat(catalog.stats().puts() - putsBefore)
                    .as("writes, of which each folder needs a few")
                    .isLessThan(50);
        }
        assertThat(disk.opened).isEmpty();
    }

    @Test
    void aChangeOfTheTimeAloneIsAChange() {
        tree.write("f", "text");
        tree.scan();
        tree.touch("f", Instant.parse("2020-01-01T00:00:00.000001Z"));
        assertThat(tree.scan().changed().count()).isEqualTo(1);
    }

    @Test
    void aRemovedFolderLeavesNothingBehind() {
        tree.write("folder/inner/file", "x");
        tree.scan();
        tree.delete("folder");
        tree.scan();
        try (CatalogStore catalog = CatalogStore.openExisting(tree.store)) {
            assertThat(catalog.hasListing(tree.root.resolve("folder").toString()))
                    .isFalse();
            assertThat(catalog.hasListing(tree.root.resolve("folder/inner").toString()))
                    .isFalse();
        }
    }

    @Test
    void aFileThatBecomesAFolderIsRemovedAndItsFilesAreAdded() {
        tree.write("x", "file");
        tree.scan();
        tree.delete("x");
        tree.write("x/y", "below");
        ScanReport report = tree.scan();
        assertThat(report.removed().first()).containsExactly("x");
        assertThat(report.added().first()).containsExactly(name("x/y"));
    }

    @Test
    void theStoreItselfIsSkipped() {
        tree.write("file", "x");
        Path inside = tree.root.resolve("sub/catalog");
        try (CatalogStore catalog = CatalogStore.openOrCreate(inside)) {
            ScanReport report = tree.scan(tree.root, catalog);
            assertThat(report.added().first()).containsExactly("file");
        }
    }

    @Test
    void aFileBelowTwoRootsHasOneEntry() {
        tree.write("a/file", "x");
        tree.write("a/b/file", "y");
        tree.scan(tree.root.resolve("a"));
        disk.opened.clear();

        ScanReport nested = tree.scan(tree.root.resolve("a/b"));
        assertThat(nested.files()).isEqualTo(1);
        assertThat(nested.hashedFiles()).isZero();
        assertThat(disk.opened).isEmpty();
        assertThat(tree.catalogued()).containsExactly("a/b/file", "a/file");
        assertThat(tree.dupes()).isEmpty();
    }

    @Test
    void aNestedScanLeavesTheRestOfTheTreeAlone() {
        tree.write("a/gone", "x");
        tree.write("a/b/gone", "y");
        tree.scan(tree.root.resolve("a"));
        tree.delete("a/gone");
        tree.delete("a/b/gone");

        assertThat(tree.scan(tree.root.resolve("a/b")).removed().first()).containsExactly("gone");
        assertThat(tree.catalogued()).containsExactly("a/gone");
        assertThat(tree.scan(tree.root.resolve("a")).removed().first()).containsExactly("gone");
    }

    @Test
    void aScanFromFurtherUpFindsThatANestedRootIsGone() {
        tree.write("a/b/file", "x");
        tree.scan(tree.root.resolve("a/b"));
        tree.delete("a");
        tree.write("other", "y");
        assertThat(tree.scan().removed().first()).containsExactly(name("a/b/file"));
        assertThat(tree.catalogued()).containsExactly("other");
    }

    @Test
    void treesSideBySideDoNotTouchEachOther() {
        tree.write("a/file", "x");
        tree.write("ab/file", "y");
        tree.scan(tree.root.resolve("a"));
        ScanReport report = tree.scan(tree.root.resolve("ab"));
        assertThat(report.removed().count()).isZero();
        assertThat(tree.catalogued()).containsExactly("a/file", "ab/file");
    }

    private static String name(String path) {
        return Path.of(path).toString();
    }
}
