/** The file catalog: a small modular application on the store. */
module io.kvstore.demo {
    requires info.picocli;
    requires io.kvstore.core;
    requires io.kvstore.typed;
    requires static org.jspecify;

    // For the commands, and for the records that the catalog stores.
    opens io.kvstore.demo to
            info.picocli,
            tools.jackson.databind;
}
