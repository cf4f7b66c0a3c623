package io.kvstore.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** The file system as a scan reads it: links are never followed. Holds nothing; tests put failures in its place. */
class Disk {
    /**
     * What is in a folder.
     *
     * @param folder its path
     * @return the path of each entry, in no order
     * @throws IOException if it cannot be read to its end
     */
    List<Path> list(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    /**
     * Kind, size and times of a file, a folder or a link itself.
     *
     * @param path its path
     * @return the attributes at this moment
     * @throws IOException if they cannot be read
     */
    BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Opens a regular file.
     *
     * @param file its path
     * @return its bytes; the caller closes it
     * @throws IOException if it cannot be opened
     */
    InputStream open(Path file) throws IOException {
        return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
    }
}
