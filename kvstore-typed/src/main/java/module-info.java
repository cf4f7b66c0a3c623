/** The typed layer over the raw byte store. */
module io.kvstore.typed {
    requires transitive io.kvstore.core;
    requires static org.jspecify;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.cbor;

    exports io.kvstore.typed.serializer;
}
