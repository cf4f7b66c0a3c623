package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.spi.KVDriver;
import io.kvstore.spi.KVUrl;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Properties;

/** Opens stores in directories of the disk. Stateless. */
public final class FileDriver implements KVDriver {
    private static final String PREFIX = "kvstore:file:";

    /** For the service loader. */
    public FileDriver() {}

    @Override
    public boolean accepts(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public KVStore open(String url, Properties properties) {
        KVUrl parts = KVUrl.parse(PREFIX, url);
        KVOptions options = parts.toOptions(KVOptions.builder(), properties);
        return FileStore.open(path(parts), options);
    }

    private static Path path(KVUrl url) {
        try {
            return Path.of(url.path());
        } catch (InvalidPathException e) {
            throw new KVException(
                    KVErrorCode.INVALID_URL, "URL \"" + url + "\": no path of this system: " + e.getMessage(), e);
        }
    }

    @Override
    public String form() {
        return PREFIX + "PATH";
    }
}
