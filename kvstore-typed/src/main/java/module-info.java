/** The typed layer over the raw byte store. */
module io.kvstore.typed {
    requires transitive io.kvstore.core;
    requires static org.jspecify;

    exports io.kvstore.typed.serializer;
}
