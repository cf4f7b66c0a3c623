package io.kvstore.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in columns: the first on the left, the others on the right, as figures are. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    void print(Console console) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(
                        widths[i], row.get(i).codePointCount(0, row.get(i).length()));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                String space = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
                line.append("  ").append(i == 0 ? cell + space : space + cell);
            }
            console.line(line.toString().stripTrailing());
        }
    }
}
