package io.kvstore.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The real disk, save for what a test forbids: a test that runs as root can read everything otherwise. Also remembers
 * what was read.
 */
class FaultyDisk extends Disk {
    final Set<Path> unlistable = new HashSet<>();
    final Set<Path> unstatable = new HashSet<>();
    final Set<Path> unopenable = new HashSet<>();
    final List<Path> opened = new ArrayList<>();

    @Override
    List<Path> list(Path folder) throws IOException {
        require(folder, unlistable);
        return super.list(folder);
    }

    @Override
    BasicFileAttributes attributes(Path path) throws IOException {
        require(path, unstatable);
        return super.attributes(path);
    }

    @Override
    InputStream open(Path file) throws IOException {
        require(file, unopenable);
        opened.add(file);
        return super.open(file);
    }

    private static void require(Path path, Set<Path> forbidden) throws IOException {
        if (forbidden.contains(path)) {
            throw new AccessDeniedException(path.toString());
        }
    }
}
