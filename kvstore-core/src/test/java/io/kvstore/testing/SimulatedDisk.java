package io.kvstore.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file system in memory that knows what of it would outlast a power loss. Each file and each directory keeps what is
 * on stable storage apart from what was done since, until a force or a directory sync; {@link #image} is all of that at
 * one moment, and {@link PowerLoss} makes disks of it that a power loss could leave.
 *
 * <p>Taken for granted of a real one: a force makes durable the pages that it covers and the length of the file, and no
 * name; a directory sync makes the names in it durable, and no content; a rename is atomic. Nothing else.
 *
 * <p>Thread-safe.
 */
public final class SimulatedDisk {
    /** By path. Guarded by this. */
    private final Map<Path, SimulatedDirectory> directories = new TreeMap<>();

    /** An empty disk. */
    public SimulatedDisk() {}

    /** Makes an empty directory, durably, or returns the one that is there. */
    public synchronized SimulatedDirectory directory(Path path) {
        return directories.computeIfAbsent(path, absent -> new SimulatedDirectory(this, path));
    }

    public SimulatedDirectory directory(String name) {
        return directory(Path.of(name));
    }

    synchronized SimulatedDirectory existing(Path path) {
        return directories.get(path);
    }

    /**
     * What a power loss at one moment has to choose from. Immutable.
     *
     * @param directories by path
     * @param files those that have, or may have, a name
     */
    public record Image(
            Map<Path, SimulatedDirectory.Image> directories, Map<SimulatedFile, SimulatedFile.Image> files) {
        /** How many names, and how many files, a power loss may leave in more than one way. */
        public int undecided() {
            int undecided = 0;
            for (SimulatedDirectory.Image directory : directories.values()) {
                undecided += directory.pending().size();
            }
            for (SimulatedFile.Image file : files.values()) {
                undecided += file.pending().isEmpty() ? 0 : 1;
            }
            return undecided;
        }
    }

    public synchronized Image image() {
        Map<Path, SimulatedDirectory.Image> names = new TreeMap<>();
        Map<SimulatedFile, SimulatedFile.Image> files = new IdentityHashMap<>();
        directories.forEach((path, directory) -> {
            SimulatedDirectory.Image image = directory.image();
            names.put(path, image);
            image.files().forEach(file -> files.computeIfAbsent(file, SimulatedFile::image));
        });
        return new Image(names, files);
    }

    /** Writes all files into a directory of the real file system, to look at them. */
    public synchronized void dump(Path target) throws IOException {
        for (SimulatedDirectory directory : directories.values()) {
            Path real = Files.createDirectories(
                    target.resolve(directory.path().getFileName().toString()));
            for (Map.Entry<String, byte[]> file : directory.contents().entrySet()) {
                Files.write(real.resolve(file.getKey()), file.getValue());
            }
        }
    }

    /** Adds all names and bytes to a digest: the same for the same content. */
    public synchronized void update(MessageDigest digest) {
        directories.forEach((path, directory) -> directory.contents().forEach((name, bytes) -> {
            digest.update((path + "/" + name + bytes.length).getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }));
    }
}
