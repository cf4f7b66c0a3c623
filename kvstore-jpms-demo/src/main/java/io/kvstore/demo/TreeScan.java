package io.kvstore.demo;

import static java.util.function.Predicate.not;

import io.kvstore.typed.KVQueue;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One scan of a tree: walks it, hashes what is new or changed, and takes out of the catalog what is gone.
 *
 * <p>What is gone shows when a folder's names are compared with its listing at the last scan. So a tree that has not
 * changed costs a write a folder; no more than one folder's names are in memory; and nothing is taken for gone in a
 * folder that could not be read, or that an interrupted scan did not come to. The folders still to visit are in the
 * catalog, from where a scan that was interrupted, in whatever way, goes on.
 *
 * <p>Whatever cannot be read is reported and keeps the entry it had. A file that vanishes while the scan is at it is
 * met as gone the next time.
 *
 * <p>Used once, by one thread. Owns nothing.
 */
final class TreeScan {
    private final CatalogStore store;
    private final Disk disk;
    private final Progress progress;
    private final StopSignal stop;
    private final Hasher hasher;
    private final Path root;
    private final String separator;

    private final Tally added = new Tally();
    private final Tally changed = new Tally();
    private final Tally removed = new Tally();
    private final Tally unreadable = new Tally();
    private long folderFiles;
    private long folderBytes;
    private long hashedFiles;
    private long skipped;

    /**
     * A scan that is yet to run.
     *
     * @param root the real path of a folder
     * @param store the catalog to bring up to date
     * @param disk where the files are
     * @param progress told of each file
     * @param stop ends the scan early
     */
    TreeScan(Path root, CatalogStore store, Disk disk, Progress progress, StopSignal stop) {
        this.root = root;
        this.store = store;
        this.disk = disk;
        this.progress = progress;
        this.stop = stop;
        separator = root.getFileSystem().getSeparator();
        hasher = new Hasher(disk, progress, stop);
    }

    /**
     * Runs the scan to its end, or until it is asked to stop.
     *
     * @param run a new one, or the one that was interrupted
     * @return what it found
     * @throws io.kvstore.KVException if the store fails; what was stored until then stays
     */
    ScanReport run(RootScan.Run run) {
        store.linkToTop(root);
        KVQueue<String> pending = store.pending(run);
        RootScan.Run current = run;
        for (String next = pending.peek(); next != null && !stop.isRequested(); next = pending.peek()) {
            folderFiles = 0;
            folderBytes = 0;
            List<String> inner = scanFolder(next);
            if (!stop.isRequested()) {
                current = current.with(folderFiles, folderBytes);
                folderFiles = 0;
                folderBytes = 0;
                store.endFolder(root.toString(), current, inner);
            }
        }
        boolean complete = pending.isEmpty();
        if (complete) {
            store.endRun(root.toString(), current, Instant.now());
        }
        return new ScanReport(
                current.files() + folderFiles,
                current.bytes() + folderBytes,
                hashedFiles,
                skipped,
                added,
                changed,
                removed,
                unreadable,
                complete);
    }

    /** Brings one folder up to date, and returns the paths of the folders in it. */
    private List<String> scanFolder(String path) {
        Path folder = root.getFileSystem().getPath(path);
        FolderListing before = store.listing(path);
        FolderListing now;
        try {
            now = list(folder, before);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            reportUnreadable(folder, reason(e));
            return List.of();
        }
        FolderListing hidden = new FolderListing(
                hidden(folder, before.files(), now.files()), hidden(folder, before.folders(), now.folders()));
        FolderListing known = now.with(hidden);
        // What is gone leaves its listing last, and what is new enters it first: no entry is ever without a name there.
        before.files().stream().filter(not(known.files()::contains)).forEach(name -> removeFile(join(path, name)));
        before.folders().stream()
                .filter(not(known.folders()::contains))
                .forEach(name -> removeFolder(join(path, name)));
        if (!known.equals(before) || !store.hasListing(path)) {
            store.putListing(path, known);
        }
        for (String name : now.files()) {
            if (stop.isRequested()) {
                return List.of();
            }
            scanFile(folder.resolve(name));
        }
        return now.folders().stream().map(name -> join(path, name)).toList();
    }

    private FolderListing list(Path folder, FolderListing before) throws IOException {
        NavigableSet<String> fileNames = new TreeSet<>();
        NavigableSet<String> folderNames = new TreeSet<>();
        for (Path child : disk.list(folder)) {
            String whyNoKey = CatalogStore.whyNoKey(child);
            if (whyNoKey != null) {
                reportUnreadable(child, whyNoKey);
            } else if (!child.equals(store.folder())) {
                String name = child.getFileName().toString();
                switch (kind(child, before)) {
                    case FILE -> fileNames.add(name);
                    case FOLDER -> folderNames.add(name);
                    case OTHER -> skipped++;
                    case GONE -> {}
                }
            }
        }
        return new FolderListing(fileNames, folderNames);
    }

    /** Names not found that this process cannot ask for: another stored them, in a locale that has their letters. */
    private static NavigableSet<String> hidden(Path folder, Set<String> before, Set<String> now) {
        return before.stream()
                .filter(name -> !now.contains(name) && !isName(folder, name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isName(Path folder, String name) {
        try {
            return CatalogStore.whyNoKey(folder.resolve(name)) == null;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private enum Kind {
        FILE,
        FOLDER,
        OTHER,
        GONE
    }

    /** What a path is. If that cannot be told it is what it was; whoever reads it next will report why not. */
    private Kind kind(Path path, FolderListing before) {
        try {
            BasicFileAttributes attributes = disk.attributes(path);
            if (attributes.isSymbolicLink() || attributes.isOther()) {
                return Kind.OTHER;
            }
            return attributes.isDirectory() ? Kind.FOLDER : Kind.FILE;
        } catch (NoSuchFileException e) {
            return Kind.GONE;
        } catch (IOException e) {
            return before.folders().contains(path.getFileName().toString()) ? Kind.FOLDER : Kind.FILE;
        }
    }

    private void scanFile(Path file) {
        try {
            BasicFileAttributes attributes = disk.attributes(file);
            if (!attributes.isRegularFile()) {
                return;
            }
            FileEntry stored = store.file(file.toString());
            if (stored != null && stored.isCurrent(attributes)) {
                count(stored);
                return;
            }
            FileEntry entry = hasher.hash(file);
            if (entry != null) {
                store.putFile(file.toString(), entry);
                hashedFiles++;
                count(entry);
                (stored == null ? added : changed).add(name(file.toString()));
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            reportUnreadable(file, reason(e));
        }
    }

    private void count(FileEntry entry) {
        folderFiles++;
        folderBytes += entry.size();
        progress.fileDone();
    }

    private void removeFile(String file) {
        if (store.forgetFile(file)) {
            removed.add(name(file));
        }
    }

    /** Takes out a folder and all below: what is inside first, since its listing is the only way to find that. */
    private void removeFolder(String folder) {
        Deque<String> pending = new ArrayDeque<>();
        pending.push(folder);
        while (!pending.isEmpty()) {
            String next = pending.element();
            FolderListing listing = store.listing(next);
            listing.files().forEach(name -> removeFile(join(next, name)));
            List<String> inner = listing.folders().stream()
                    .map(name -> join(next, name))
                    .filter(store::hasListing)
                    .toList();
            if (inner.isEmpty()) {
                store.forgetFolder(pending.pop());
            } else {
                inner.forEach(pending::push);
            }
        }
    }

    private void reportUnreadable(Path path, String reason) {
        unreadable.add(name(path.toString()) + ": " + reason);
    }

    /** A path as the report shows it: relative to the root. */
    private String name(String path) {
        return path.equals(root.toString())
                ? "."
                : path.substring(join(root.toString(), "").length());
    }

    private String join(String folder, String name) {
        return folder.endsWith(separator) ? folder + name : folder + separator + name;
    }

    /** Why something could not be read, in a few words. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "access denied";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
