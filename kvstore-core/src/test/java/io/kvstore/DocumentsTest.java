package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables in the documentation say what the code says. */
class DocumentsTest {
    /** The rows of the table whose head begins with a column, by the cell in that column. */
    private static Map<String, List<String>> table(String document, String firstColumn) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", document));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        boolean inside = false;
        for (String line : lines) {
            List<String> cells = cells(line);
            if (cells.isEmpty()) {
                inside = false;
            } else if (cells.get(0).equals(firstColumn)) {
                inside = true;
            } else if (inside && !cells.get(0).startsWith("---")) {
                assertThat(rows.put(cells.get(0), cells.subList(1, cells.size())))
                        .as("second row %s in %s", cells.get(0), document)
                        .isNull();
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        if (!line.startsWith("|")) {
            return List.of();
        }
        List<String> cells = new ArrayList<>();
        for (String cell : line.substring(1).split("\\|", -1)) {
            cells.add(cell.strip());
        }
        cells.remove(cells.size() - 1);
        return cells;
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    @Test
    void optionsAreDocumentedAsTheyAre() throws IOException {
        Map<String, List<String>> rows = table("OPTIONS.md", "option");
        assertThat(rows.keySet())
                .containsExactlyElementsOf(OptionDescriptor.ALL.stream()
                        .map(option -> code(option.name()))
                        .toList());
        for (OptionDescriptor option : OptionDescriptor.ALL) {
            List<String> row = rows.get(code(option.name()));
            assertThat(row.subList(0, 3))
                    .as(option.name())
                    .containsExactly(option.form(), code(option.defaultText()), code(option.range()));
            assertThat(row.get(3)).as(option.name()).startsWith(option.effect());
        }
    }

    @Test
    void everyFormOfAnOptionIsExplained() throws IOException {
        assertThat(table("OPTIONS.md", "form").keySet())
                .containsExactlyInAnyOrderElementsOf(OptionDescriptor.ALL.stream()
                        .map(OptionDescriptor::form)
                        .distinct()
                        .toList());
    }

    @Test
    void errorCodesAreDocumentedOneByOne() throws IOException {
        Map<String, List<String>> rows = table("ERRORS.md", "code");
        assertThat(rows.keySet())
                .containsExactlyElementsOf(Arrays.stream(KVErrorCode.values())
                        .map(code -> code(code.name()))
                        .toList());
        rows.forEach((code, row) -> assertThat(row)
                .as("meaning, cause and remedy of %s", code)
                .hasSize(3)
                .noneMatch(String::isBlank));
        for (KVErrorCode code : KVErrorCode.values()) {
            assertThat(rows.get(code(code.name())).get(0).contains("Retryable"))
                    .as(code.name())
                    .isEqualTo(code.isRetryable());
        }
    }

    @Test
    void readmeHasEveryOptionToo() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        assertThat(readme)
                .contains(OptionDescriptor.ALL.stream()
                        .map(option -> "| " + code(option.name()) + " |")
                        .toList());
    }
}
