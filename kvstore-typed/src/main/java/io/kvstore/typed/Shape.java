package io.kvstore.typed;

/**
 * What a collection is made of: its kind, and of keys and values the id of the serializer and the Java type. Immutable.
 *
 * @param kind what it is
 * @param keyId id of the serializer of the keys; empty if there are none
 * @param valueId id of the serializer of the values or elements; empty if there are none
 * @param keyType for information; may be empty
 * @param valueType for information; may be empty
 */
record Shape(CollectionKind kind, String keyId, String valueId, String keyType, String valueType) {
    static Shape counter() {
        return new Shape(CollectionKind.COUNTER, "", "", "", "");
    }

    static Shape of(CollectionKind kind, Described<?> elements) {
        return new Shape(kind, "", elements.id(), "", elements.type());
    }

    static Shape of(CollectionKind kind, Described<?> keys, Described<?> values) {
        return new Shape(kind, keys.id(), values.id(), keys.type(), values.type());
    }

    /** Whether both have the same bytes: the types do not matter, classes may be renamed. */
    boolean fits(Shape other) {
        return kind == other.kind && keyId.equals(other.keyId) && valueId.equals(other.valueId);
    }

    /** For messages: {@code a map of "string" to "cbor" (shop.Order)}. */
    String describe() {
        StringBuilder text = new StringBuilder("a ").append(kind.label());
        if (!valueId.isEmpty()) {
            text.append(" of ");
            if (!keyId.isEmpty()) {
                append(text, keyId, keyType).append(" to ");
            }
            append(text, valueId, valueType);
        }
        return text.toString();
    }

    private static StringBuilder append(StringBuilder text, String id, String type) {
        text.append('"').append(id).append('"');
        return type.isEmpty() ? text : text.append(" (").append(type).append(')');
    }
}
