package io.kvstore.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats of files that {@code load} reads and {@code dump} writes. */
enum FileFormat {
    /** One JSON object a line. */
    JSONL,
    /** Comma-separated, RFC 4180. */
    CSV,
    /** The same, separated by tabs. */
    TSV;

    /** The separator of columns. */
    char separator() {
        return this == TSV ? '\t' : ',';
    }

    /** The format that a file's name tells of: its own, or else JSON Lines. */
    static FileFormat of(@Nullable FileFormat chosen, String fileName) {
        if (chosen != null) {
            return chosen;
        }
        String name = fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") ? CSV : name.endsWith(".tsv") || name.endsWith(".tab") ? TSV : JSONL;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
