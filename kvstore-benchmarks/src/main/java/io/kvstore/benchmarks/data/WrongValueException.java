package io.kvstore.benchmarks.data;

/** A store gave back something else than what was put into it. The run has failed, however fast it was. */
public final class WrongValueException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * With a message.
     *
     * @param message what was found, and where
     */
    public WrongValueException(String message) {
        super(message);
    }
}
