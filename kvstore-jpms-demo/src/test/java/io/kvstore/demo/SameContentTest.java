package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Duplicates stay in step with the files, whatever comes and goes. */
class SameContentTest {
    private Tree tree;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        tree = new Tree(temp);
    }

    @Test
    void filesOfOneContentAreOneGroup() {
        tree.write("a", "same");
        tree.write("b", "same");
        tree.write("c", "other");
        tree.write("sub/d", "same");
        tree.scan();
        assertThat(tree.dupes()).containsExactly(List.of("a", "b", "sub/d"));
    }

    @Test
    void aGroupKnowsItsSizeAndWaste() {
        tree.write("a", "12345");
        tree.write("b", "12345");
        tree.write("c", "12345");
        tree.scan();
        try (CatalogStore catalog = CatalogStore.openExisting(tree.store)) {
            List<SameContent.Group> groups = new ArrayList<>();
            catalog.sameContent().eachGroup(groups::add);
            assertThat(groups).hasSize(1);
            assertThat(groups.get(0).files()).isEqualTo(3);
            assertThat(groups.get(0).size()).isEqualTo(5);
            assertThat(groups.get(0).waste()).isEqualTo(10);
        }
    }

    @Test
    void emptyFilesAreNoDuplicates() {
        tree.write("a", "");
        tree.write("b", "");
        tree.scan();
        assertThat(tree.dupes()).isEmpty();
        tree.write("a", "x");
        tree.write("b", "x");
        tree.scan();
        assertThat(tree.dupes()).containsExactly(List.of("a", "b"));
        tree.write("a", "");
        tree.scan();
        assertThat(tree.dupes()).isEmpty();
    }

    @Test
    void aCopyThatChangesLeavesItsGroupAndMayJoinAnother() {
        List.of("a", "b", "c").forEach(name -> tree.write(name, "same"));
        tree.write("d", "pair");
        tree.scan();
        tree.write("b", "pair");
        tree.scan();
        assertThat(tree.dupes()).containsExactly(List.of("a", "c"), List.of("b", "d"));
    }

    @Test
    void theFirstOfAGroupMayGo() {
        List.of("a", "b", "c").forEach(name -> tree.write(name, "same"));
        tree.scan();
        tree.delete("a");
        tree.scan();
        assertThat(tree.dupes()).containsExactly(List.of("b", "c"));
        tree.delete("b");
        tree.scan();
        assertThat(tree.dupes()).isEmpty();
        tree.write("e", "same");
        tree.scan();
        assertThat(tree.dupes()).containsExactly(List.of("c", "e"));
    }

    @Test
    void aFileThatIsTouchedButTheSameStaysInItsGroup() {
        tree.write("a", "same");
        tree.write("b", "same");
        tree.scan();
        tree.write("a", "same");
        assertThat(tree.scan().changed().count()).isEqualTo(1);
        assertThat(tree.dupes()).containsExactly(List.of("a", "b"));
    }

    @Test
    void nothingIsLeftWhenAllFilesAreGone() {
        IntStream.range(0, 10).forEach(i -> tree.write("f" + i, "content " + i % 3));
        tree.scan();
        IntStream.range(0, 10).forEach(i -> tree.delete("f" + i));
        tree.scan();
        try (CatalogStore catalog = CatalogStore.openExisting(tree.store)) {
            // What is left are listings: the root's, empty, and those of the folders above it.
            assertThat(catalog.stats().keys()).isEqualTo(1 + tree.root.getNameCount());
        }
    }

    @Test
    void randomChangesKeepEveryGroupRight() {
        long seed = Long.getLong("kvstore.seed", System.nanoTime());
        Random random = new Random(seed);
        String[] contents = new String[30];
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < contents.length; i++) {
                int what = random.nextInt(4);
                if (what == 0 && contents[i] != null) {
                    tree.delete("f" + i);
                    contents[i] = null;
                } else if (what == 1) {
                    contents[i] = "content " + random.nextInt(4);
                    tree.write("f" + i, contents[i]);
                }
            }
            tree.scan();
            assertThat(tree.dupes())
                    .as("round %d, -Dkvstore.seed=%d", round, seed)
                    .isEqualTo(groups(contents));
        }
    }

    private static List<List<String>> groups(String[] contents) {
        return IntStream.range(0, 4)
                .mapToObj(content -> IntStream.range(0, contents.length)
                        .filter(i -> ("content " + content).equals(contents[i]))
                        .mapToObj(i -> "f" + i)
                        .sorted()
                        .toList())
                .filter(group -> group.size() > 1)
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }
}
