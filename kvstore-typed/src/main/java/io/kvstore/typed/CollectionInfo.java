package io.kvstore.typed;

/**
 * What a store knows of one of its collections; see {@link TypedStore#collections()}.
 *
 * @param name of the collection
 * @param kind what it is
 * @param keySerializer id of the serializer of its keys; empty if it has no keys
 * @param valueSerializer id of the serializer of its values or elements; empty for a counter
 * @param keyType Java type of the keys when the collection was made, for information; empty if it is not known
 * @param valueType Java type of the values or elements when the collection was made, likewise
 * @param size number of its entries or elements; of a counter 1 once it was set
 */
public record CollectionInfo(
        String name,
        CollectionKind kind,
        String keySerializer,
        String valueSerializer,
        String keyType,
        String valueType,
        long size) {}
