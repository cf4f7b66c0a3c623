package io.kvstore.demo;

import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The names in one folder at its last scan: what the next scan compares with to find what is gone. A listing is in
 * memory as a whole, the largest thing that is: a million names take some 100 MB.
 *
 * @param files names of regular files
 * @param folders names of folders
 */
record FolderListing(NavigableSet<String> files, NavigableSet<String> folders) {
    /** That of a folder which was never scanned. */
    static final FolderListing EMPTY = new FolderListing(new TreeSet<>(), new TreeSet<>());

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
}
