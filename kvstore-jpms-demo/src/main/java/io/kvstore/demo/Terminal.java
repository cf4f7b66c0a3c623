package io.kvstore.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether somebody is watching. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether standard error is a terminal on which a line can be rewritten. Where there is no {@code /proc} to tell,
     * whether the process has a console at all; JDK 22 to 24 say yes to that without one, which costs a log some line
     * breaks.
     */
    @SuppressWarnings("SystemConsoleNull")
    static boolean isOnStandardError() {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null;
        }
    }
}
