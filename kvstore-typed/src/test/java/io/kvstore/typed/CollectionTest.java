package io.kvstore.typed;

import io.kvstore.KVStore;
import io.kvstore.typed.testing.StoreKind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store on disk for each test. */
abstract class CollectionTest {
    @TempDir
    Path directory;

    KVStore store;
    TypedStore typed;

    @BeforeEach
    void open() {
        store = StoreKind.FILE.open(directory.resolve("store"));
        typed = TypedStore.of(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    void reopen() {
        close();
        open();
    }
}
