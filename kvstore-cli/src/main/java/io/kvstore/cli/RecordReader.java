package io.kvstore.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a stream into records: lines, or several of them where a quote is open at the end of a line. A record that is
 * wrong in itself is no reason to lose the next: reading goes on with it. Holds one record in memory.
 */
final class RecordReader {
    /** A record of text is bounded by the largest value that there can be, with room for its escapes. */
    private static final int MAX_BYTES = 1 << 30;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final BufferedInputStream in;
    private final boolean quotes;
    private final char separator;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 12);
    private long bytes;
    private long lines;
    private long line;

    private RecordReader(InputStream in, boolean quotes, char separator) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.quotes = quotes;
        this.separator = separator;
    }

    /** Each line is a record. */
    static RecordReader ofLines(InputStream in) {
        return new RecordReader(in, false, '\0');
    }

    /**
     * A record goes on in the next line where a column in quotes does. A quote within a column that does not begin with
     * one, as in {@code 5" pipe}, is a character like others.
     *
     * @param separator of columns
     */
    static RecordReader ofQuoted(InputStream in, char separator) {
        return new RecordReader(in, true, separator);
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
        if (lines == 0) {
            passByteOrderMark();
        }
        boolean open = false;
        boolean columnBegins = true;
        // A quote behind one that closes is the second of two that stand for one.
        boolean closed = false;
        boolean brokenLine = false;
        for (int b = in.read(); b >= 0; b = in.read()) {
            bytes++;
            if (quotes) {
                boolean opens = b == '"' && !open && (columnBegins || closed);
                closed = b == '"' && open;
                open = opens || (open && !closed);
                columnBegins = !open && b == separator;
            }
            brokenLine = b == '\n';
            if (brokenLine) {
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
        if (!brokenLine) {
            lines++;
        }
        return buffer.size() > 0;
    }

    private void passByteOrderMark() throws IOException {
        in.mark(BYTE_ORDER_MARK.length);
        if (Arrays.equals(in.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
            bytes += BYTE_ORDER_MARK.length;
        } else {
            in.reset();
        }
    }

    /** Two tabs are three empty columns: only a line of JSON may be blank and have something in it. */
    private boolean isBlank() {
        String text = buffer.size() < 64 ? buffer.toString(StandardCharsets.UTF_8) : "long";
        return quotes ? text.isEmpty() || text.equals("\r") : text.isBlank();
    }

    /** The record without its line break. */
    String record() throws BadRecordException {
        String text = BytesFormat.decodeUtf8(buffer.toByteArray());
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** The number of the record's first line, from 1. */
    long line() {
        return line;
    }

    /** How many lines the record has. */
    long lines() {
        return lines - line + 1;
    }

    /** What was read so far, up to the end of the record. */
    long bytes() {
        return bytes;
    }
}
