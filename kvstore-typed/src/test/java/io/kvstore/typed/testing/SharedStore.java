package io.kvstore.typed.testing;

import io.kvstore.KVStore;
import io.kvstore.typed.TypedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A store for thousands of small tests, each with a collection of its own; open until the JVM ends. */
public final class SharedStore {
    private final Path directory;
    private final KVStore store;
    private final TypedStore typed;
    private int collections;
    private int tests;

    public SharedStore(StoreKind kind) {
        try {
            directory = Files.createTempDirectory("kvstore-suites");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store = kind.open(directory.resolve("store"));
        typed = TypedStore.of(store);
        Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
    }

    public TypedStore typed() {
        return typed;
    }

    /** A name that was not used before. */
    public String newName() {
        return "collection " + ++collections;
    }

    /** After each test: drops what there is, but not every time, since that costs more than the tests. */
    public void forget() {
        if (++tests % 100 != 0) {
            return;
        }
        typed.collections().forEach(info -> typed.drop(info.name()));
    }

    private void delete() {
        store.close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
