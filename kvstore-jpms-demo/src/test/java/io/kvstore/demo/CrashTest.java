package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever write of a scan is the last one, what is stored is a right catalog, and the next scan makes it complete. */
class CrashTest {
    private static final KVOptions SMALL =
            KVOptions.builder().segmentSize(1 << 20).build();

    @TempDir
    private Path temp;

    @Test
    void theFirstScanMayDieAtAnyWrite() throws Exception {
        diesAtEachWrite(
                tree -> {},
                CrashTest::writeFiles,
                List.of(List.of("a/2", "a/b/3", "c/5", "c/6"), List.of("a/7", "c/8")));
    }

    @Test
    void aScanThatFindsChangesMayDieAtAnyWrite() throws Exception {
        diesAtEachWrite(
                CrashTest::writeFiles,
                tree -> {
                    tree.write("a/2", "another");
                    tree.write("a/7", "");
                    tree.write("c/8", "same");
                    tree.write("c/4", "same");
                    tree.write("c/9", "same");
                },
                List.of(List.of("a/b/3", "c/4", "c/5", "c/6", "c/8", "c/9")));
    }

    @Test
    void aScanThatFindsFilesGoneMayDieAtAnyWrite() throws Exception {
        diesAtEachWrite(
                CrashTest::writeFiles,
                tree -> {
                    tree.delete("a");
                    tree.delete("c/8");
                },
                List.of(List.of("c/5", "c/6")));
    }

    private static void writeFiles(Tree tree) {
        tree.write("1", "only one");
        tree.write("a/2", "same");
        tree.write("a/b/3", "same");
        tree.write("c/4", "only one of this too");
        tree.write("c/5", "same");
        tree.write("c/6", "same");
        tree.write("a/7", "pair");
        tree.write("c/8", "pair");
    }

    private interface Change {
        void applyTo(Tree tree) throws Exception;
    }

    private void diesAtEachWrite(Change before, Change after, List<List<String>> dupes) throws Exception {
        boolean died = true;
        for (int writes = 0; died; writes++) {
            Tree tree = new Tree(Files.createTempDirectory(temp, "run"));
            try (KVStore store = KVStore.open(tree.store, SMALL)) {
                CatalogStore catalog = new CatalogStore(store, tree.store);
                before.applyTo(tree);
                tree.scan(tree.root, catalog);
                after.applyTo(tree);

                died = diesAfter(writes, tree, store);
                assertConsistent(tree, catalog, writes);

                tree.scan(tree.root, catalog);
                assertThat(tree.catalogued(catalog))
                        .as("files after %d writes", writes)
                        .isEqualTo(filesOnDisk(tree));
                assertThat(tree.dupes(catalog))
                        .as("duplicates after %d writes", writes)
                        .isEqualTo(dupes);
                assertConsistent(tree, catalog, writes);
                assertThat(tree.scan(tree.root, catalog).hashedFiles()).isZero();
            }
        }
    }

    private static boolean diesAfter(int writes, Tree tree, KVStore store) {
        try {
            tree.scan(tree.root, new CatalogStore(DyingStore.over(store, writes), tree.store));
            return false;
        } catch (DyingStore.Died e) {
            return true;
        }
    }

    /** Each file is in the group of its content once, and each entry is named by the listings above it. */
    private static void assertConsistent(Tree tree, CatalogStore catalog, int writes) {
        Map<String, Set<String>> byContent = new HashMap<>();
        catalog.eachFile((path, entry) -> {
            if (entry.size() > 0) {
                byContent
                        .computeIfAbsent(entry.sha256(), hash -> new TreeSet<>())
                        .add(tree.root.relativize(Path.of(path)).toString().replace('\\', '/'));
            }
            assertNamed(catalog, Path.of(path));
        });
        List<List<String>> groups = byContent.values().stream()
                .filter(names -> names.size() > 1)
                .map(List::copyOf)
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
        assertThat(tree.dupes(catalog)).as("duplicates after %d writes", writes).isEqualTo(groups);
    }

    private static void assertNamed(CatalogStore catalog, Path file) {
        Path folder = file.getParent();
        assertThat(catalog.listing(folder.toString()).files())
                .contains(file.getFileName().toString());
        for (Path above = folder.getParent(); above != null; folder = above, above = above.getParent()) {
            assertThat(catalog.listing(above.toString()).folders())
                    .contains(folder.getFileName().toString());
        }
    }

    private static List<String> filesOnDisk(Tree tree) throws Exception {
        try (var paths = Files.walk(tree.root)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> tree.root.relativize(path).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
