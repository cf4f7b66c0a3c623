/** The raw byte store: an embeddable, write-heavy key-value store of the Bitcask family. */
module io.kvstore.core {
    requires org.slf4j;
    requires static org.jspecify;

    exports io.kvstore;
}
