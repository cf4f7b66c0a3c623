/** The {@code kvstore} command. */
module io.kvstore.cli {
    requires info.picocli;
    requires io.kvstore.core;
    requires io.kvstore.typed;
    requires static org.jspecify;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.cbor;
    requires tools.jackson.dataformat.csv;

    opens io.kvstore.cli to
            info.picocli;
}
