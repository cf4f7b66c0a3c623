package io.kvstore.internal.engine;

import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.spi.KVDriver;
import io.kvstore.spi.KVUrl;
import java.time.Duration;
import java.util.Properties;

/** Opens stores in memory, which all that open one name share. */
public final class MemoryDriver implements KVDriver {
    private static final String PREFIX = "kvstore:mem:";

    /** As rarely as can be: there is nothing to make durable. */
    private static final Duration SYNC_INTERVAL = Duration.ofDays(1);

    /** Small, since two are reserved ahead: one that is empty takes about 2 MiB. */
    private static final long SEGMENT_SIZE = 1 << 20;

    /** Of the process, as the names are: two threads that know nothing of each other meet in one store. */
    private static final MemoryStores STORES = new MemoryStores(PREFIX);

    /** For the service loader. */
    public MemoryDriver() {}

    @Override
    public boolean accepts(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public KVStore open(String url, Properties properties) {
        KVUrl parts = KVUrl.parse(PREFIX, url);
        KVOptions options = parts.toOptions(defaults(), properties);
        return STORES.open(parts.path(), options);
    }

    /** What differs from the defaults of a store on disk. */
    static KVOptions.Builder defaults() {
        return KVOptions.builder().syncInterval(SYNC_INTERVAL).segmentSize(SEGMENT_SIZE);
    }

    @Override
    public String form() {
        return PREFIX + "NAME";
    }
}
