package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the collections of the catalog give back, after the store was opened again, is what was put there. */
class CatalogStoreTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
    private static final String HASH = Tree.sha256(new byte[] {1});

    private Path folder;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        folder = temp.resolve("catalog");
    }

    private CatalogStore open() {
        return CatalogStore.openOrCreate(folder);
    }

    @Test
    void entriesAreKeptWhateverTimesAFileSystemHas() {
        FileEntry odd = new FileEntry(Long.MAX_VALUE, Instant.MAX, Instant.MIN, HASH);
        FileEntry usual = new FileEntry(0, NOW, Instant.EPOCH, HASH);
        try (CatalogStore catalog = open()) {
            catalog.putFile("/odd", odd);
            catalog.putFile("/usual", usual);
        }
        try (CatalogStore catalog = open()) {
            assertThat(catalog.file("/odd")).isEqualTo(odd);
            assertThat(catalog.file("/usual")).isEqualTo(usual);
            assertThat(catalog.file("/none")).isNull();
        }
    }

    @Test
    void listingsAreKeptWhateverNamesAFileSystemHas() {
        FolderListing listing = new FolderListing(
                new TreeSet<>(List.of("a", "b c", "line\nbreak", "\u00E9\u4E2D\uD83D\uDE00", "d", "f")),
                new TreeSet<>(List.of("d", "f", "sub folder")));
        try (CatalogStore catalog = open()) {
            catalog.putListing("/x", listing);
            catalog.putListing("/empty", FolderListing.EMPTY);
        }
        try (CatalogStore catalog = open()) {
            assertThat(catalog.listing("/x")).isEqualTo(listing);
            assertThat(catalog.listing("/empty")).isEqualTo(FolderListing.EMPTY);
            assertThat(catalog.hasListing("/empty")).isTrue();
            assertThat(catalog.hasListing("/none")).isFalse();
        }
    }

    @Test
    void contentFollowsItsFiles() {
        try (CatalogStore catalog = open()) {
            String other = Tree.sha256(new byte[] {2});
            catalog.putFile("/1", new FileEntry(1, NOW, NOW, HASH));
            catalog.putFile("/2", new FileEntry(1, NOW, NOW, HASH));
            catalog.putFile("/empty", new FileEntry(0, NOW, NOW, HASH));
            assertThat(catalog.paths(HASH)).containsExactlyInAnyOrder("/1", "/2");
            catalog.putFile("/2", new FileEntry(7, NOW, NOW, other));
            assertThat(catalog.paths(HASH)).containsExactly("/1");
            assertThat(catalog.paths(other)).containsExactly("/2");
            assertThat(catalog.forgetFile("/1")).isTrue();
            assertThat(catalog.forgetFile("/1")).isFalse();
            assertThat(catalog.paths(HASH)).isEmpty();
        }
    }

    @Test
    void runThatWasInterruptedGoesOnWithTheFoldersThatAreLeft() {
        try (CatalogStore catalog = open()) {
            RootScan.Run run = catalog.beginRun("/r", NOW, false);
            catalog.endFolder("/r", run.with(2, 20), List.of("/r/a", "/r/b"));
            catalog.endFolder("/r", run.with(3, 30), List.of());
        }
        try (CatalogStore catalog = open()) {
            RootScan.Run run = catalog.beginRun("/r", NOW.plusSeconds(9), false);
            assertThat(run).isEqualTo(new RootScan.Run(1, NOW, 3, 30));
            assertThat(catalog.pending(run)).containsExactly("/r/b");
            catalog.endFolder("/r", run.with(1, 1), List.of());
            catalog.endRun("/r", run.with(1, 1), NOW.plusSeconds(10));
            assertThat(catalog.root("/r")).isEqualTo(new RootScan(NOW.plusSeconds(10), 4, 31, null));
            assertThat(catalog.beginRun("/r", NOW.plusSeconds(20), false).number())
                    .isEqualTo(2);
            assertThat(catalog.runs()).isEqualTo(2);
        }
    }

    @Test
    void freshRunForgetsTheFoldersThatWereLeft() {
        try (CatalogStore catalog = open()) {
            RootScan.Run left = catalog.beginRun("/r", NOW, false);
            catalog.endFolder("/r", left, List.of("/r/a"));
            RootScan.Run fresh = catalog.beginRun("/r", NOW.plusSeconds(1), true);
            assertThat(catalog.pending(fresh)).containsExactly("/r");
            assertThat(catalog.collections()).as("with one queue").isEqualTo(6);
        }
    }

    @Test
    void queueOfARunThatEndedIsDroppedByTheNextOpen() {
        try (CatalogStore catalog = open()) {
            RootScan.Run run = catalog.beginRun("/r", NOW, false);
            catalog.endRun("/r", run, NOW);
            // As if the process had died before the drop.
            catalog.pending(run).add("/r/left");
            assertThat(catalog.collections()).isEqualTo(6);
        }
        try (CatalogStore catalog = open()) {
            assertThat(catalog.collections()).isEqualTo(5);
        }
    }
}
