package io.kvstore.cli;

/** A key, a value or a line of input is not what it should be; the message says how. */
final class BadRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    BadRecordException(String message) {
        super(message);
    }
}
