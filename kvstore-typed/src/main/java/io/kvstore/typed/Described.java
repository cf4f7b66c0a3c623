package io.kvstore.typed;

import io.kvstore.typed.serializer.Serializer;
import java.util.Objects;

/**
 * A serializer, and the Java type that it was asked for.
 *
 * @param serializer of the values
 * @param type name of the type; empty if it is not known
 * @param id of the serializer, asked once
 * @param <T> type of the values
 */
record Described<T>(Serializer<T> serializer, String type, String id) {
    static <T> Described<T> of(Serializer<T> serializer, String type) {
        Objects.requireNonNull(serializer, "serializer");
        return new Described<>(serializer, type, Objects.requireNonNull(serializer.id(), "id of the serializer"));
    }
}
