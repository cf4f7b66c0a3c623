package io.kvstore.cli;

import io.kvstore.KVErrorCode;
import java.io.IOException;
import java.util.regex.Pattern;

/** How the process ends. */
final class ExitCode {
    static final int FINE = 0;
    static final int INCOMPLETE = 1;
    static final int USAGE = 2;
    static final int STORE = 3;
    static final int LOCKED = 4;
    static final int DAMAGED = 5;
    static final int NO_SPACE = 6;
    static final int INPUT_OUTPUT = 7;
    static final int PROGRAM = 70;
    static final int INTERRUPTED = 130;
    static final int PIPE_CLOSED = 141;
    static final int TERMINATED = 143;

    /** What Linux, macOS and Windows say. */
    private static final Pattern NO_SPACE_MESSAGE =
            Pattern.compile("no space left|quota exceeded|not enough space", Pattern.CASE_INSENSITIVE);

    private ExitCode() {}

    /** The exit code for an error of a file. */
    static int of(IOException e) {
        String message = String.valueOf(e.getMessage());
        return NO_SPACE_MESSAGE.matcher(message).find() ? NO_SPACE : INPUT_OUTPUT;
    }

    /** The exit code for an error of the store. */
    static int of(KVErrorCode code) {
        return switch (code) {
            case LOCKED -> LOCKED;
            case CORRUPTION -> DAMAGED;
            case NO_SPACE -> NO_SPACE;
            case IO_ERROR -> INPUT_OUTPUT;
            default -> STORE;
        };
    }
}
