package io.kvstore.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The catalog in its store: which buckets there are, and what is under which key. With {@link SameContent} the only
 * class that speaks to {@link KVStore}.
 *
 * <pre>
 *   files       path of a file     -&gt; {@link FileEntry}
 *   folders     path of a folder   -&gt; {@link FolderListing}
 *   roots       path of a folder   -&gt; {@link RootScan}
 *   originals   see {@link SameContent}
 *   copies      see {@link SameContent}
 * </pre>
 *
 * <p>Paths are absolute, real paths, in UTF-8. Relative to a root they would be shorter, but a file below two roots
 * (scan {@code /a}, then {@code /a/b}) would be there twice: hashed twice, found twice, and its own duplicate. So each
 * file has one entry whichever root it was met from. They come in as text, not as {@link Path}: a process in a locale
 * that lacks the letters of a name can still look at its entry.
 *
 * <p>What every order of writes here preserves, at any crash: a file's entry is named in the listing of its folder,
 * that folder in the listing of the one above, and so on to the file system's root. So whatever is gone is met when the
 * folder that has lost it is scanned, and nothing needs a pass over all entries.
 *
 * <p>Owns the store and closes it. For one thread at a time.
 */
final class CatalogStore implements AutoCloseable {
    private static final String FILES = "files";
    private static final String FOLDERS = "folders";
    private static final String ROOTS = "roots";
    private static final String ORIGINALS = "originals";
    private static final String COPIES = "copies";

    /** The store's limit for keys. */
    private static final int LONGEST_KEY_BYTES = 65_535;

    private final KVStore store;
    private final Path folder;
    private final KVBucket files;
    private final KVBucket folders;
    private final KVBucket roots;
    private final SameContent sameContent;

    /**
     * A catalog over a store that is open.
     *
     * @param store closed with this catalog
     * @param folder its real path
     */
    CatalogStore(KVStore store, Path folder) {
        this.store = store;
        this.folder = folder;
        files = store.bucket(FILES);
        folders = store.bucket(FOLDERS);
        roots = store.bucket(ROOTS);
        sameContent = new SameContent(files, store.bucket(ORIGINALS), store.bucket(COPIES));
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
        return open(folder, KVOptions.defaults());
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
            if (store.size() > 0
                    || !Set.of(FILES, FOLDERS, ROOTS, ORIGINALS, COPIES).containsAll(store.bucketNames())) {
                throw new CatalogException(folder + ": this store holds something else; choose another with --store");
            }
            return new CatalogStore(store, folder.toRealPath());
        } catch (IOException e) {
            store.close();
            throw new CatalogException(folder + ": " + e.getMessage());
        } catch (RuntimeException e) {
            store.close();
            throw e;
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
        return name.getBytes(UTF_8).length <= LONGEST_KEY_BYTES
                ? null
                : "its path is longer than " + LONGEST_KEY_BYTES + " bytes";
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
        byte[] value = files.get(key(file));
        return value == null ? null : FileEntry.decode(file, value);
    }

    /**
     * Stores a file's entry, with a number of this class's choice, and keeps {@link SameContent} in step. The listing
     * of its folder names the file already.
     */
    void putFile(String file, FileEntry entry) {
        byte[] key = key(file);
        FileEntry before = file(file);
        if (before != null && before.hash().equals(entry.hash())) {
            files.put(key, entry.withNumber(before.number()).encode());
            return;
        }
        int number = entry.size() == 0 ? 0 : sameContent.add(entry.hash(), key);
        files.put(key, entry.withNumber(number).encode());
        removeNumber(before);
    }

    /**
     * Removes a file's entry.
     *
     * @return true if there was one
     */
    boolean forgetFile(String file) {
        FileEntry before = file(file);
        files.delete(key(file));
        removeNumber(before);
        return before != null;
    }

    private void removeNumber(@Nullable FileEntry before) {
        if (before != null && before.size() > 0) {
            sameContent.remove(before.hash(), before.number());
        }
    }

    /** The listing of a folder, empty if it was never scanned. */
    FolderListing listing(String path) {
        byte[] value = folders.get(key(path));
        return value == null ? FolderListing.EMPTY : FolderListing.decode(path, value);
    }

    boolean hasListing(String path) {
        return folders.containsKey(key(path));
    }

    /** Stores a folder's listing, before the entries of the files in it. */
    void putListing(String path, FolderListing listing) {
        folders.put(key(path), listing.encode());
    }

    /** Removes a folder, after everything in it. */
    void forgetFolder(String path) {
        folders.delete(key(path));
        roots.delete(key(path));
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
        byte[] value = roots.get(key(root));
        return value == null ? null : RootScan.decode(root, value);
    }

    void putRoot(String root, RootScan scan) {
        roots.put(key(root), scan.encode());
    }

    /** Passes every file's path and entry to the action, in no order. */
    void eachFile(BiConsumer<String, FileEntry> action) {
        each(files, (path, value) -> action.accept(path, FileEntry.decode(path, value)));
    }

    /** Passes every root's path and last scan to the action, in no order. */
    void eachRoot(BiConsumer<String, RootScan> action) {
        each(roots, (path, value) -> action.accept(path, RootScan.decode(path, value)));
    }

    private static void each(KVBucket bucket, BiConsumer<String, byte[]> action) {
        try (KVCursor cursor = bucket.scan()) {
            while (cursor.next()) {
                action.accept(new String(cursor.key(), UTF_8), cursor.value());
            }
        }
    }

    SameContent sameContent() {
        return sameContent;
    }

    KVStats stats() {
        return store.stats();
    }

    @Override
    public void close() {
        store.close();
    }

    private static byte[] key(String path) {
        return path.getBytes(UTF_8);
    }
}
