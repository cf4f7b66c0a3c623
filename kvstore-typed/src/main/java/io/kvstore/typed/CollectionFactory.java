package io.kvstore.typed;

import io.kvstore.KVException;
import io.kvstore.typed.serializer.Serializer;
import io.kvstore.typed.serializer.TypeRef;

/**
 * Opens collections by name: those of a store, or the same inside a transaction.
 *
 * <p>A name has 1 to 255 bytes of UTF-8. A collection is made when it is first opened, and opening one costs a lookup.
 * The store remembers what it is: the kind, and the ids of the serializers. To open it as anything else is a
 * {@link KVException} with code {@link io.kvstore.KVErrorCode#WRONG_COLLECTION} that names both. In a store that was
 * opened read-only, a collection that does not exist is empty.
 *
 * <p>Keys and values are given by class, by {@link TypeRef} for generic types, or by {@link Serializer}; see
 * {@link io.kvstore.typed.serializer.Serializers} for what there is for which class. Beside what is said here, each
 * method throws a {@link io.kvstore.typed.serializer.KVSerializationException} if there is no serializer for a class,
 * and a {@link KVException} with code {@link io.kvstore.KVErrorCode#INVALID_BUCKET_NAME} for a name that cannot be one.
 */
public abstract sealed class CollectionFactory permits TypedStore, TypedTransaction {
    private final SerializerCache serializers;
    private final Scope scope;

    CollectionFactory(SerializerCache serializers, Scope scope) {
        this.serializers = serializers;
        this.scope = scope;
    }

    /** The collection of a name, made if there is none. */
    abstract Binding bind(String name, Shape shape);

    final SerializerCache serializers() {
        return serializers;
    }

    final Scope scope() {
        return scope;
    }

    /**
     * Opens a map.
     *
     * @param name of the collection
     * @param keys class of the keys
     * @param values class of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the map
     */
    public final <K, V> KVMap<K, V> map(String name, Class<K> keys, Class<V> values) {
        return openMap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a map.
     *
     * @param name of the collection
     * @param keys class of the keys
     * @param values type of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the map
     */
    public final <K, V> KVMap<K, V> map(String name, Class<K> keys, TypeRef<V> values) {
        return openMap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a map.
     *
     * @param name of the collection
     * @param keys type of the keys
     * @param values class of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the map
     */
    public final <K, V> KVMap<K, V> map(String name, TypeRef<K> keys, Class<V> values) {
        return openMap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a map.
     *
     * @param name of the collection
     * @param keys type of the keys
     * @param values type of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the map
     */
    public final <K, V> KVMap<K, V> map(String name, TypeRef<K> keys, TypeRef<V> values) {
        return openMap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a map.
     *
     * @param name of the collection
     * @param keys serializer of the keys
     * @param values serializer of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the map
     */
    public final <K, V> KVMap<K, V> map(String name, Serializer<K> keys, Serializer<V> values) {
        return openMap(name, Described.of(keys, ""), Described.of(values, ""));
    }

    private <K, V> KVMap<K, V> openMap(String name, Described<K> keys, Described<V> values) {
        Binding binding = bind(name, Shape.of(CollectionKind.MAP, keys, values));
        return new KVMap<>(
                binding, scope, new Codec<>(binding, keys.serializer()), new Codec<>(binding, values.serializer()));
    }

    /**
     * Opens a set.
     *
     * @param name of the collection
     * @param elements class of the elements
     * @param <E> type of the elements
     * @return the set
     */
    public final <E> KVSet<E> set(String name, Class<E> elements) {
        return openSet(name, serializers.of(elements));
    }

    /**
     * Opens a set.
     *
     * @param name of the collection
     * @param elements type of the elements
     * @param <E> type of the elements
     * @return the set
     */
    public final <E> KVSet<E> set(String name, TypeRef<E> elements) {
        return openSet(name, serializers.of(elements));
    }

    /**
     * Opens a set.
     *
     * @param name of the collection
     * @param elements serializer of the elements
     * @param <E> type of the elements
     * @return the set
     */
    public final <E> KVSet<E> set(String name, Serializer<E> elements) {
        return openSet(name, Described.of(elements, ""));
    }

    private <E> KVSet<E> openSet(String name, Described<E> elements) {
        Binding binding = bind(name, Shape.of(CollectionKind.SET, elements));
        return new KVSet<>(binding, scope, new Codec<>(binding, elements.serializer()));
    }

    /**
     * Opens a queue.
     *
     * @param name of the collection
     * @param elements class of the elements
     * @param <E> type of the elements
     * @return the queue
     */
    public final <E> KVQueue<E> queue(String name, Class<E> elements) {
        return openQueue(name, serializers.of(elements));
    }

    /**
     * Opens a queue.
     *
     * @param name of the collection
     * @param elements type of the elements
     * @param <E> type of the elements
     * @return the queue
     */
    public final <E> KVQueue<E> queue(String name, TypeRef<E> elements) {
        return openQueue(name, serializers.of(elements));
    }

    /**
     * Opens a queue.
     *
     * @param name of the collection
     * @param elements serializer of the elements
     * @param <E> type of the elements
     * @return the queue
     */
    public final <E> KVQueue<E> queue(String name, Serializer<E> elements) {
        return openQueue(name, Described.of(elements, ""));
    }

    private <E> KVQueue<E> openQueue(String name, Described<E> elements) {
        Binding binding = bind(name, Shape.of(CollectionKind.QUEUE, elements));
        return new KVQueue<>(binding, scope, new Codec<>(binding, elements.serializer()));
    }

    /**
     * Opens a counter.
     *
     * @param name of the collection
     * @return the counter
     */
    public final KVCounter counter(String name) {
        return new KVCounter(bind(name, Shape.counter()), scope);
    }

    /**
     * Opens a multimap.
     *
     * @param name of the collection
     * @param keys class of the keys
     * @param values class of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the multimap
     */
    public final <K, V> KVMultimap<K, V> multimap(String name, Class<K> keys, Class<V> values) {
        return openMultimap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a multimap.
     *
     * @param name of the collection
     * @param keys class of the keys
     * @param values type of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the multimap
     */
    public final <K, V> KVMultimap<K, V> multimap(String name, Class<K> keys, TypeRef<V> values) {
        return openMultimap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a multimap.
     *
     * @param name of the collection
     * @param keys type of the keys
     * @param values class of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the multimap
     */
    public final <K, V> KVMultimap<K, V> multimap(String name, TypeRef<K> keys, Class<V> values) {
        return openMultimap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a multimap.
     *
     * @param name of the collection
     * @param keys type of the keys
     * @param values type of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the multimap
     */
    public final <K, V> KVMultimap<K, V> multimap(String name, TypeRef<K> keys, TypeRef<V> values) {
        return openMultimap(name, serializers.of(keys), serializers.of(values));
    }

    /**
     * Opens a multimap.
     *
     * @param name of the collection
     * @param keys serializer of the keys
     * @param values serializer of the values
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return the multimap
     */
    public final <K, V> KVMultimap<K, V> multimap(String name, Serializer<K> keys, Serializer<V> values) {
        return openMultimap(name, Described.of(keys, ""), Described.of(values, ""));
    }

    private <K, V> KVMultimap<K, V> openMultimap(String name, Described<K> keys, Described<V> values) {
        Binding binding = bind(name, Shape.of(CollectionKind.MULTIMAP, keys, values));
        return new KVMultimap<>(
                new MultimapEntries(binding, scope),
                binding,
                new Codec<>(binding, keys.serializer()),
                new Codec<>(binding, values.serializer()));
    }
}
