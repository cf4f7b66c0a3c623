package io.kvstore.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.typed.CollectionInfo;
import io.kvstore.typed.KVCounter;
import io.kvstore.typed.KVMap;
import io.kvstore.typed.KVMultimap;
import io.kvstore.typed.KVQueue;
import io.kvstore.typed.TypedStore;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The catalog in its store: which collections there are, and what is kept together. The only class that speaks to
 * {@link KVStore} and {@link TypedStore}.
 *
 * <pre>
 *   files     map       path of a file     -&gt; {@link FileEntry}
 *   contents  multimap  SHA-256            -&gt; paths of the files that have it, but for empty ones
 *   folders   map       path of a folder   -&gt; {@link FolderListing}
 *   roots     map       path of a folder   -&gt; {@link RootScan}
 *   runs      counter   how many scans have begun
 *   run-N     queue     folders that scan N has still to visit; dropped when it is done
 * </pre>
 *
 * <p>Paths are absolute, real paths. Relative to a root they would be shorter, but a file below two roots (scan
 * {@code /a}, then {@code /a/b}) would be there twice: hashed twice, found twice, and its own duplicate. So each file
 * has one entry whichever root it was met from. They come in as text, not as {@link Path}: a process in a locale that
 * lacks the letters of a name can still look at its entry.
 *
 * <p>What a crash at any moment preserves: a file's entry and its place in {@code contents} change in one transaction.
 * A file's entry is named in the listing of its folder, that folder in the listing of the one above, and so on to the
 * file system's root, so whatever is gone is met when the folder that has lost it is scanned. A folder leaves its queue
 * in the transaction that adds the folders in it, so an interrupted scan misses none and visits at most one again.
 *
 * <p>Owns the store and closes it. For one thread at a time.
 */
final class CatalogStore implements AutoCloseable {
    private static final String FILES = "files";
    private static final String CONTENTS = "contents";
    private static final String FOLDERS = "folders";
    private static final String ROOTS = "roots";
    private static final String RUNS = "runs";
    private static final String RUN = "run-";

    /** A bucket that only catalogs of the first version of this program have. */
    private static final String FIRST_VERSION = "originals";

    /** The limit of {@link KVMultimap} for a key and a value together, less a hash. */
    private static final int LONGEST_PATH_BYTES = 65_533 - 64;

    private final KVStore store;
    private final TypedStore typed;
    private final Path folder;
    private final KVMap<String, FileEntry> files;
    private final KVMultimap<String, String> contents;
    private final KVMap<String, FolderListing> folders;
    private final KVMap<String, RootScan> roots;
    private final KVCounter runs;

    /**
     * A catalog over a store that is open.
     *
     * @param store closed with this catalog
     * @param folder its real path
     */
    CatalogStore(KVStore store, Path folder) {
        this.store = store;
        this.folder = folder;
        typed = TypedStore.of(store);
        files = typed.map(FILES, String.class, FileEntry.class);
        contents = typed.multimap(CONTENTS, String.class, String.class);
        folders = typed.map(FOLDERS, String.class, FolderListing.class);
        roots = typed.map(ROOTS, String.class, RootScan.class);
        runs = typed.counter(RUNS);
    }

    /**
     * Opens a catalog to write to; makes it if there is none.
     *
     * @param folder of the store
     * @return the catalog; close it
     * @throws io.kvstore.KVException if the store cannot be opened
     * @throws CatalogException if the store holds something else
     */
    static CatalogStore openOrCreate(Path folder) {
        CatalogStore catalog = open(folder, KVOptions.defaults());
        catalog.dropQueuesOfEndedRuns();
        return catalog;
    }

    /**
     * Opens a catalog to read from, as any number of processes may at once.
     *
     * @param folder of the store
     * @return the catalog; close it
     * @throws io.kvstore.KVException if the store cannot be opened, or is not there
     * @throws CatalogException if the store holds something else
     */
    static CatalogStore openExisting(Path folder) {
        return open(folder, KVOptions.builder().readOnly(true).build());
    }

    private static CatalogStore open(Path folder, KVOptions options) {
        KVStore store = KVStore.open(folder, options);
        try {
            requireCatalog(store, folder);
            return new CatalogStore(store, folder.toRealPath());
        } catch (IOException e) {
            store.close();
            throw new CatalogException(folder + ": " + e.getMessage());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static void requireCatalog(KVStore store, Path folder) {
        if (store.bucketNames().contains(FIRST_VERSION)) {
            throw new CatalogException(folder
                    + ": this catalog was made by an earlier version of this program; scan into another with --store");
        }
        List<String> names = TypedStore.of(store).collections().stream()
                .map(CollectionInfo::name)
                .toList();
        boolean empty = store.size() == 0 && store.bucketNames().isEmpty();
        boolean ours = names.stream()
                .allMatch(name -> Set.of(FILES, CONTENTS, FOLDERS, ROOTS, RUNS).contains(name) || name.startsWith(RUN));
        if (!empty && (names.isEmpty() || !ours || store.size() > 0)) {
            throw new CatalogException(folder + ": this store holds something else; choose another with --store");
        }
    }

    /** The real path of the store's own folder, which no scan should enter. */
    Path folder() {
        return folder;
    }

    /**
     * Whether a path has a key. One that does not round-trip has none: its bytes are no text in this process's locale,
     * so that the path made from its name would be another.
     *
     * @param path an absolute one
     * @return null if it has, else the reason
     */
    static @Nullable String whyNoKey(Path path) {
        String name = path.toString();
        if (!isText(path, name)) {
            String encoding = System.getProperty("sun.jnu.encoding");
            return "its name is not text in the encoding " + encoding
                    + ("UTF-8".equals(encoding) ? "" : "; a UTF-8 locale may know it");
        }
        return name.getBytes(UTF_8).length <= LONGEST_PATH_BYTES
                ? null
                : "its path is longer than " + LONGEST_PATH_BYTES + " bytes";
    }

    private static boolean isText(Path path, String name) {
        try {
            return UTF_8.newEncoder().canEncode(name)
                    && path.getFileSystem().getPath(name).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    @Nullable
    FileEntry file(String file) {
        return files.get(file);
    }

    /** Stores a file's entry. The listing of its folder names the file already. */
    void putFile(String file, FileEntry entry) {
        typed.transact(tx -> {
            FileEntry before = tx.map(FILES, String.class, FileEntry.class).put(file, entry);
            KVMultimap<String, String> paths = tx.multimap(CONTENTS, String.class, String.class);
            if (before != null && before.hasContent() && !before.sha256().equals(entry.sha256())) {
                paths.remove(before.sha256(), file);
            }
            if (entry.hasContent()) {
                paths.put(entry.sha256(), file);
            }
            return null;
        });
    }

    /**
     * Removes a file's entry.
     *
     * @return true if there was one
     */
    boolean forgetFile(String file) {
        return typed.transact(tx -> {
            FileEntry before = tx.map(FILES, String.class, FileEntry.class).remove(file);
            if (before != null && before.hasContent()) {
                tx.multimap(CONTENTS, String.class, String.class).remove(before.sha256(), file);
            }
            return before != null;
        });
    }

    /** The listing of a folder, empty if it was never scanned. */
    FolderListing listing(String path) {
        return folders.getOrDefault(path, FolderListing.EMPTY);
    }

    boolean hasListing(String path) {
        return folders.containsKey(path);
    }

    /** Stores a folder's listing, before the entries of the files in it. */
    void putListing(String path, FolderListing listing) {
        folders.set(path, listing);
    }

    /** Removes a folder, after everything in it. A scan of it that was interrupted will not go on. */
    void forgetFolder(String path) {
        folders.remove(path);
        RootScan root = roots.remove(path);
        if (root != null && root.run() != null) {
            typed.drop(RUN + root.run().number());
        }
    }

    /** Names a folder in the listing of the one above, that one in the next, and so on to the top. */
    void linkToTop(Path path) {
        for (Path child = path, parent = path.getParent();
                parent != null;
                child = parent, parent = parent.getParent()) {
            FolderListing listing = listing(parent.toString());
            String name = child.getFileName().toString();
            if (!listing.folders().contains(name)) {
                putListing(parent.toString(), listing.withFolder(name));
            }
        }
    }

    @Nullable
    RootScan root(String root) {
        return roots.get(root);
    }

    /**
     * Begins a run, or goes on with the one that was interrupted.
     *
     * @param root the folder to scan
     * @param now when that is
     * @param fresh whether to begin at the top in any case
     * @return the run, whose {@link #pending} folders are to be visited
     */
    RootScan.Run beginRun(String root, Instant now, boolean fresh) {
        RootScan last = roots.getOrDefault(root, new RootScan(null, 0, 0, null));
        RootScan.Run interrupted = last.run();
        if (interrupted != null && !fresh) {
            return interrupted;
        }
        RootScan.Run run = typed.transact(tx -> {
            long number = tx.counter(RUNS).incrementAndGet();
            RootScan.Run begun = new RootScan.Run(number, now, 0, 0);
            tx.map(ROOTS, String.class, RootScan.class).put(root, last.with(begun));
            tx.queue(RUN + number, String.class).add(root);
            return begun;
        });
        if (interrupted != null) {
            typed.drop(RUN + interrupted.number());
        }
        return run;
    }

    /** The folders that a run has still to visit, the next one first. */
    KVQueue<String> pending(RootScan.Run run) {
        return typed.queue(RUN + run.number(), String.class);
    }

    /**
     * Takes the next folder of a run as visited.
     *
     * @param root the folder that is scanned
     * @param run with the files of the folder counted
     * @param inner the folders in it, which are still to visit
     */
    void endFolder(String root, RootScan.Run run, List<String> inner) {
        typed.transact(tx -> {
            KVQueue<String> pending = tx.queue(RUN + run.number(), String.class);
            pending.poll();
            pending.addAll(inner);
            tx.map(ROOTS, String.class, RootScan.class).computeIfPresent(root, (path, scan) -> scan.with(run));
            return null;
        });
    }

    /** Takes a run as complete: no folder is left to visit. */
    void endRun(String root, RootScan.Run run, Instant now) {
        roots.set(root, new RootScan(now, run.files(), run.bytes(), null));
        typed.drop(RUN + run.number());
    }

    /** A process may have died between the end of a run and the drop of its queue. */
    private void dropQueuesOfEndedRuns() {
        Set<String> wanted = new HashSet<>();
        roots.values().forEach(scan -> {
            if (scan.run() != null) {
                wanted.add(RUN + scan.run().number());
            }
        });
        typed.collections().stream()
                .map(CollectionInfo::name)
                .filter(name -> name.startsWith(RUN) && !wanted.contains(name))
                .forEach(typed::drop);
    }

    /** How many scans have begun, of whatever folder. */
    long runs() {
        return runs.get();
    }

    /** Passes every file's path and entry to the action, in no order. */
    void eachFile(BiConsumer<String, FileEntry> action) {
        files.forEach(action);
    }

    /** Passes every root's path and scans to the action, in no order. */
    void eachRoot(BiConsumer<String, RootScan> action) {
        roots.forEach(action);
    }

    /**
     * Files of one content.
     *
     * @param sha256 of the content
     * @param files how many
     * @param size of each
     */
    record Group(String sha256, long files, long size) {
        /** The bytes in all files but one. */
        long waste() {
            return (files - 1) * size;
        }
    }

    /** Passes every content that more than one file has to the action, in no order. */
    void eachGroup(Consumer<Group> action) {
        for (String sha256 : contents.keySet()) {
            Set<String> paths = contents.get(sha256);
            FileEntry any = paths.size() > 1 ? files.get(paths.iterator().next()) : null;
            if (any != null) {
                action.accept(new Group(sha256, paths.size(), any.size()));
            }
        }
    }

    /** The paths of the files of one content: a view. */
    Set<String> paths(String sha256) {
        return Collections.unmodifiableSet(contents.get(sha256));
    }

    /** The store's figures, and the number of its collections. */
    KVStats stats() {
        return store.stats();
    }

    int collections() {
        return typed.collections().size();
    }

    @Override
    public void close() {
        store.close();
    }
}
