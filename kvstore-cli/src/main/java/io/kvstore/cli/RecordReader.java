package io.kvstore.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Cuts a stream into records: lines, or several of them where a quote is open at the end of a line. A record that is
 * wrong in itself is no reason to lose the next: reading goes on with it. Holds one record in memory.
 */
final class RecordReader {
    /** A record of text is bounded by the largest value that there can be, with room for its escapes. */
    private static final int MAX_BYTES = 1 << 30;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final BufferedInputStream in;
    private final boolean quotes;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 12);
    private long bytes;
    private long lines;
    private long line;

    RecordReader(InputStream in, boolean quotes) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.quotes = quotes;
    }

    /**
     * Reads the next record that is not blank.
     *
     * @return true if there is one
     * @throws CliException if it is too long
     */
    boolean next() throws IOException {
        while (read()) {
            if (!isBlank()) {
                return true;
            }
        }
        return false;
    }

    private boolean read() throws IOException {
        buffer.reset();
        line = lines + 1;
        boolean open = false;
        for (int b = in.read(); b >= 0; b = in.read()) {
            bytes++;
            if (b == '"' && quotes) {
                open = !open;
            }
            if (b == '\n') {
                lines++;
                if (!open) {
                    return true;
                }
            }
            if (buffer.size() == MAX_BYTES) {
                throw new CliException(
                        ExitCode.INPUT_OUTPUT,
                        "line " + line + ": a record of more than 1 GiB"
                                + (open ? "; a closing quote may be missing" : ""));
            }
            buffer.write(b);
        }
        lines++;
        return buffer.size() > 0;
    }

    /** Two tabs are three empty columns: only a line of JSON may be blank and have something in it. */
    private boolean isBlank() {
        String text = buffer.size() < 64 ? buffer.toString(StandardCharsets.UTF_8) : "long";
        return quotes ? text.isEmpty() || text.equals("\r") : text.isBlank();
    }

    /** The record without its line break. */
    String record() throws BadRecordException {
        String text = BytesFormat.decodeUtf8(buffer.toByteArray());
        if (line == 1 && text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(1);
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** The number of the record's first line, from 1. */
    long line() {
        return line;
    }

    /** What was read so far, up to the end of the record. */
    long bytes() {
        return bytes;
    }
}
