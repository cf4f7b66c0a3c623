package io.kvstore.testing;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What tests do with stores and their directories. */
public final class Stores {
    private Stores() {}

    /** All entries of a bucket by a scan, as text. Fails if a key comes twice. */
    public static Map<String, String> scan(KVBucket bucket) {
        Map<String, String> entries = new TreeMap<>();
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                String key = Bytes.text(cursor.key());
                if (entries.put(key, Bytes.text(cursor.value())) != null) {
                    throw new AssertionError("the scan returned the key twice: " + key);
                }
            }
        }
        return entries;
    }

    /** All entries of all buckets, as text: those of a named bucket by its name, a slash, and the key. */
    public static Map<String, String> scanAll(KVStore store) {
        Map<String, String> all = scan(store);
        for (String name : store.bucketNames()) {
            scan(store.bucket(name)).forEach((key, value) -> all.put(name + "/" + key, value));
        }
        return all;
    }

    public static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    /** Leaves a store whose next open reads its segments. */
    public static void removeHints(Path directory) throws IOException {
        for (Path file : files(directory)) {
            if (file.toString().endsWith(".hint")) {
                Files.delete(file);
            }
        }
    }

    public static void clear(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                all.sorted(Comparator.reverseOrder()).forEach(path -> {
                    try {
                        Files.delete(path);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    public static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    public static List<Path> segments(Path directory) throws IOException {
        return files(directory).stream()
                .filter(file -> file.toString().endsWith(".seg"))
                .toList();
    }

    public static Path lastSegment(Path directory) throws IOException {
        List<Path> segments = segments(directory);
        return segments.get(segments.size() - 1);
    }
}
