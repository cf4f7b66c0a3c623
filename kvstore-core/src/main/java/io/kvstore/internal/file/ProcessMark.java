package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells all class loaders of this process that a directory is held, by the only place that they share: the system
 * properties. There is one for the directory's path, and one for what the file system knows it by, since the same
 * directory may be mounted at two paths. Thread-safe.
 */
final class ProcessMark {
    private static final String PROPERTY = "io.kvstore.open.";

    private final List<String> properties;

    private ProcessMark(List<String> properties) {
        this.properties = properties;
    }

    static ProcessMark of(Path directory) throws IOException {
        List<String> properties = new ArrayList<>();
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        if (key != null) {
            properties.add(PROPERTY + key);
        }
        properties.add(PROPERTY + directory.toRealPath());
        return new ProcessMark(properties);
    }

    /** The same for all paths of a directory, where the file system tells. */
    String name() {
        return properties.get(0);
    }

    /** Sets the mark; returns who has set it before, and changes nothing then. */
    @Nullable
    Object set(String holder) {
        for (int i = 0; i < properties.size(); i++) {
            Object other = System.getProperties().putIfAbsent(properties.get(i), holder);
            if (other != null) {
                clear(i);
                return other;
            }
        }
        return null;
    }

    void clear() {
        clear(properties.size());
    }

    private void clear(int count) {
        properties.subList(0, count).forEach(System.getProperties()::remove);
    }
}
