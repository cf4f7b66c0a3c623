/** Small programs, each to be read from top to bottom; this descriptor is all that a modular application needs. */
module io.kvstore.examples {
    requires io.kvstore.typed;
    requires static org.jspecify;

    // For the records that the typed example keeps.
    opens io.kvstore.examples to
            tools.jackson.databind;
}
