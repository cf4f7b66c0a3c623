package io.kvstore.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The names in one folder at its last scan: what the next scan compares with to find what is gone. As a value of the
 * store, where one name may not hold a zero byte on any file system:
 *
 * <pre>
 *   0  u8   version, 1
 *   1       for each name: u8 kind, 'f' a file or 'd' a folder; the name in UTF-8; u8 zero
 * </pre>
 *
 * <p>A listing is in memory as a whole. It is the largest thing that is: a million names take some 100 MB. More than
 * the store's largest value, 256 MiB, is an error of the store.
 *
 * @param files names of regular files
 * @param folders names of folders
 */
record FolderListing(NavigableSet<String> files, NavigableSet<String> folders) {
    /** That of a folder which was never scanned. */
    static final FolderListing EMPTY = new FolderListing(new TreeSet<>(), new TreeSet<>());

    private static final byte VERSION = 1;

    FolderListing {
        files = Collections.unmodifiableNavigableSet(files);
        folders = Collections.unmodifiableNavigableSet(folders);
    }

    /** The names of both. */
    FolderListing with(FolderListing other) {
        NavigableSet<String> allFiles = new TreeSet<>(files);
        allFiles.addAll(other.files);
        NavigableSet<String> allFolders = new TreeSet<>(folders);
        allFolders.addAll(other.folders);
        return new FolderListing(allFiles, allFolders);
    }

    /** The same listing with one more folder. */
    FolderListing withFolder(String name) {
        return with(new FolderListing(new TreeSet<>(), new TreeSet<>(List.of(name))));
    }

    byte[] encode() {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(VERSION);
        files.forEach(name -> append(value, 'f', name));
        folders.forEach(name -> append(value, 'd', name));
        return value.toByteArray();
    }

    private static void append(ByteArrayOutputStream value, char kind, String name) {
        value.write(kind);
        value.writeBytes(name.getBytes(UTF_8));
        value.write(0);
    }

    /**
     * Reads a value of the store.
     *
     * @param path of the folder, for messages
     * @param value as {@link #encode()} made it
     * @return what it says
     * @throws CatalogException if it is of another version, or no listing at all
     */
    static FolderListing decode(String path, byte[] value) {
        NavigableSet<String> files = new TreeSet<>();
        NavigableSet<String> folders = new TreeSet<>();
        ByteBuffer buffer = VersionedBytes.open(path, value, VERSION);
        int start = buffer.position();
        for (int end = start; end < value.length; end++) {
            if (value[end] != 0) {
                continue;
            }
            NavigableSet<String> names = value[start] == 'd' ? folders : files;
            names.add(new String(value, start + 1, end - start - 1, UTF_8));
            start = end + 1;
        }
        if (start != value.length) {
            throw new CatalogException(path + ": the listing ends within a name; this store is not a catalog");
        }
        return new FolderListing(files, folders);
    }
}
