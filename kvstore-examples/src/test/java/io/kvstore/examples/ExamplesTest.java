package io.kvstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples do what they show, and the documents show the examples. */
class ExamplesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/kvstore/examples");

    /** A block of Java in a document, and, in the line before it, the example that it is a part of. */
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- example: (\\w+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path temp;

    @Test
    void rawVerbs() {
        String seen = RawExample.run(temp);
        assertThat(seen.trim().split(" ")).containsExactlyInAnyOrder("apples", "session");
    }

    @Test
    void typedCollections() {
        assertThat(TypedExample.run(temp)).isEqualTo("a-1 of 1: Order[id=a-1, total=12.50, lines=[tea, milk]]");
    }

    @Test
    void transactions() {
        assertThat(TransactionExample.run(temp)).isEqualTo("ann 70, then 80; bob 20");
    }

    @Test
    void urls() {
        assertThat(UrlExample.run(temp)).contains(temp.toString());
    }

    @Test
    void mergeBackupAndRestore() {
        assertThat(MaintenanceExample.run(temp)).isEqualTo("2 keys restored");
    }

    @Test
    void examplesRunAsAModule() {
        assertThat(RawExample.class.getModule().getName()).isEqualTo("io.kvstore.examples");
    }

    @Test
    void everyBlockOfJavaInTheDocumentsIsAPartOfAnExample() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (String document : List.of("README.md", "docs/OPERATIONS.md")) {
            Matcher block = BLOCK.matcher(Files.readString(Path.of("..").resolve(document)));
            while (block.find()) {
                String example = block.group(1);
                assertThat(example)
                        .as("example of the block in %s:%n%s", document, block.group(2))
                        .isNotNull();
                assertThat(quickStart(example)).as(document + ", " + example).isEqualTo(lines(block.group(2)));
                shown.add(example);
            }
        }
        assertThat(shown).hasSize(5);
    }

    private static List<String> quickStart(String example) throws IOException {
        String source = Files.readString(SOURCES.resolve(example + ".java"));
        int start = source.indexOf("// quick start");
        return lines(source.substring(source.indexOf('\n', start) + 1, source.indexOf("// end")));
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(lines::add);
        return lines;
    }
}
