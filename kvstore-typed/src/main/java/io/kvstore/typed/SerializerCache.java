package io.kvstore.typed;

import io.kvstore.typed.serializer.Serializers;
import io.kvstore.typed.serializer.TypeRef;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * The serializers that one {@link TypedStore} was asked for, by type: to make one for CBOR takes milliseconds, too long
 * for each transaction that opens a collection. Keeps the classes as long as the store object is there. Thread-safe.
 */
final class SerializerCache {
    private final ConcurrentMap<Type, Described<?>> byType = new ConcurrentHashMap<>();

    <T> Described<T> of(Class<T> type) {
        return find(type, () -> Described.of(Serializers.of(type), type.getName()));
    }

    <T> Described<T> of(TypeRef<T> type) {
        return find(type.type(), () -> Described.of(Serializers.of(type), type.toString()));
    }

    @SuppressWarnings("unchecked") // what is stored under a type was made for it
    private <T> Described<T> find(Type type, Supplier<Described<T>> make) {
        Described<?> known = byType.get(type);
        if (known == null) {
            known = make.get();
            byType.put(type, known);
        }
        return (Described<T>) known;
    }
}
