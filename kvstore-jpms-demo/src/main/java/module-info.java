/** The file catalog: a small modular application on the store. */
module io.kvstore.demo {
    requires info.picocli;
    requires io.kvstore.core;
    requires static org.jspecify;

    opens io.kvstore.demo to
            info.picocli;
}
