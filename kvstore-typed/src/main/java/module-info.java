/** The typed layer over the raw byte store: collections and serializers. */
module io.kvstore.typed {
    requires transitive io.kvstore.core;
    requires static org.jspecify;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.cbor;

    exports io.kvstore.typed;
    exports io.kvstore.typed.serializer;
}
