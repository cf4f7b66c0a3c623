package io.kvstore.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * Standard input, output and error of a command, all in UTF-8. A failed write to the output ends the command with a
 * {@link CliException}. For one thread; the progress line is written by the same.
 */
final class Console {
    private static final String RESET = "\u001B[0m";

    private final InputStream in;
    private final OutputStream bytes;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Terminal terminal;

    Console(InputStream in, OutputStream out, OutputStream err, Terminal terminal) {
        this.in = in;
        this.bytes = new BufferedOutputStream(new FailingLoudly(out), 1 << 16);
        this.out = new PrintWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8), false);
        this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        this.terminal = terminal;
    }

    InputStream in() {
        return in;
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    Terminal terminal() {
        return terminal;
    }

    /** The output for bytes as they are, behind all text so far. */
    OutputStream bytes() {
        out.flush();
        return bytes;
    }

    void line(String text) {
        out.print(text);
        out.print('\n');
    }

    void json(JsonNode node) {
        line(node.toString());
    }

    /** A line for people about how it went, beside the output. */
    void note(String text) {
        flush();
        err.println(Printable.of(text));
    }

    void flush() {
        out.flush();
    }

    /** Text in a colour of the terminal, where there is one. */
    String paint(Colour colour, String text) {
        return terminal.output() && terminal.colour() ? colour.code + text + RESET : text;
    }

    /** The colours that are used, named by what they say. */
    enum Colour {
        HEADING("\u001B[1m"),
        GOOD("\u001B[32m"),
        WASTE("\u001B[33m"),
        BAD("\u001B[31m");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    /** Turns a failed write into the end of the command, also below writers that swallow an {@link IOException}. */
    private static final class FailingLoudly extends FilterOutputStream {
        private boolean failed;

        FailingLoudly(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            attempt(() -> out.write(buffer, offset, length));
        }

        @Override
        public void write(int b) {
            attempt(() -> out.write(b));
        }

        @Override
        public void flush() {
            attempt(out::flush);
        }

        private void attempt(Write write) {
            if (failed) {
                // What is left in the buffers has nowhere to go, and the first error was reported.
                return;
            }
            try {
                write.run();
            } catch (IOException e) {
                failed = true;
                String why = String.valueOf(e.getMessage());
                if (why.contains("Broken pipe") || why.contains("pipe is being closed")) {
                    throw new CliException(ExitCode.PIPE_CLOSED, "", e);
                }
                throw new CliException(ExitCode.of(e), "cannot write the output: " + why, e);
            }
        }
    }

    private interface Write {
        void run() throws IOException;
    }
}
