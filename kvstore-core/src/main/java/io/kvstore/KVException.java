package io.kvstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of every error that the store raises on its own account. The message says what happened, where, and what to
 * do; {@link #code()} tells the errors apart for programs.
 */
public class KVException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of error this is. */
    private final KVErrorCode code;

    /**
     * Makes an error without a cause.
     *
     * @param code what kind of error it is
     * @param message what, where, and what to do
     */
    public KVException(KVErrorCode code, String message) {
        this(code, message, null);
    }

    /**
     * Makes an error.
     *
     * @param code what kind of error it is
     * @param message what, where, and what to do
     * @param cause the error below it, or null
     */
    public KVException(KVErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /**
     * What kind of error this is.
     *
     * @return the code, never null
     */
    public final KVErrorCode code() {
        return code;
    }

    /**
     * Whether trying again is the remedy; see {@link KVErrorCode#isRetryable()}.
     *
     * @return that of the code
     */
    public final boolean isRetryable() {
        return code.isRetryable();
    }
}
