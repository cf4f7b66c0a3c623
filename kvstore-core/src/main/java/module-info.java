/** The raw byte store: an embeddable, write-heavy key-value store of the Bitcask family. */
module io.kvstore.core {
    requires org.slf4j;
    requires static java.management;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.kvstore;
    exports io.kvstore.spi;

    uses io.kvstore.spi.KVDriver;

    provides io.kvstore.spi.KVDriver with
            io.kvstore.internal.engine.FileDriver,
            io.kvstore.internal.engine.MemoryDriver;
}
