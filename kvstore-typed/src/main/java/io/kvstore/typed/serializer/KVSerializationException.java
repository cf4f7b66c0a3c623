package io.kvstore.typed.serializer;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import org.jspecify.annotations.Nullable;

/** A value cannot be turned into bytes, or bytes into a value, or there is no way to do so for a type. */
public final class KVSerializationException extends KVException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an error of code {@link KVErrorCode#SERIALIZATION}.
     *
     * @param message what, where, and what to do
     */
    public KVSerializationException(String message) {
        this(message, null);
    }

    /**
     * Makes an error of code {@link KVErrorCode#SERIALIZATION}.
     *
     * @param message what, where, and what to do
     * @param cause the error below it, or null
     */
    public KVSerializationException(String message, @Nullable Throwable cause) {
        super(KVErrorCode.SERIALIZATION, message, cause);
    }

    /** Bytes that the serializer of the id never writes. */
    static KVSerializationException unreadable(String id, String problem) {
        return unreadable(id, problem, null);
    }

    /** Bytes that the serializer of the id never writes. */
    static KVSerializationException unreadable(String id, String problem, @Nullable Throwable cause) {
        return new KVSerializationException(
                "cannot read a value of serializer \"" + id + "\": " + problem
                        + "; the bytes are damaged, or another serializer has written them",
                cause);
    }
}
