package io.kvstore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the standard streams lead to.
 *
 * @param output whether standard output is a terminal
 * @param error whether standard error is one
 * @param colour whether colours are wanted there
 */
record Terminal(boolean output, boolean error, boolean colour) {
    /** No terminal at all: plain text. */
    static final Terminal NONE = new Terminal(false, false, false);

    private static final int STANDARD_OUTPUT = 1;
    private static final int STANDARD_ERROR = 2;

    /** Those of this process. {@code NO_COLOR}, set to anything but nothing, and {@code TERM=dumb} turn colours off. */
    static Terminal ofProcess() {
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        String noColour = System.getenv("NO_COLOR");
        return new Terminal(
                !dumb && isTerminal(STANDARD_OUTPUT),
                !dumb && isTerminal(STANDARD_ERROR),
                !dumb && (noColour == null || noColour.isEmpty()));
    }

    /** Where there is no {@code /proc} to tell, whether the process has a console at all. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null;
        }
    }
}
