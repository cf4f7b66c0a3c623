package io.kvstore.cli;

import java.nio.file.Path;

/**
 * Makes names safe to print. A file's name may hold anything: line breaks that forge a line of output, or sequences
 * that drive the terminal. Whatever is not plain text comes out as an escape, so one name is one line, in a pipe too.
 * For reading by people: a backslash itself is left as it is.
 */
final class Printable {
    private Printable() {}

    static String of(Path path) {
        return of(path.toString());
    }

    static String of(String text) {
        if (text.codePoints().noneMatch(Printable::isHidden)) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> append(result, c));
        return result.toString();
    }

    private static void append(StringBuilder result, int codePoint) {
        if (!isHidden(codePoint)) {
            result.appendCodePoint(codePoint);
        } else if (codePoint == '\n') {
            result.append("\\n");
        } else if (codePoint == '\t') {
            result.append("\\t");
        } else if (codePoint == '\r') {
            result.append("\\r");
        } else {
            result.append(String.format(codePoint <= 0xFFFF ? "\\u%04X" : "\\U%08X", codePoint));
        }
    }

    private static boolean isHidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
