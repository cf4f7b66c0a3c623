package io.kvstore.internal.log;

import io.kvstore.KVCorruptionException;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.DamageRemedy;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.StoreFileLayout;
import java.io.IOException;
import java.util.Arrays;

/** Reads and replaces the manifest of a store. Belongs to one thread at a time. */
public final class ManifestFile {
    private final StoreDirectory directory;
    private final StoreFileLayout store;

    /**
     * The manifest of one store.
     *
     * @param directory where it is
     * @param store which store
     */
    public ManifestFile(StoreDirectory directory, StoreFileLayout store) {
        this.directory = directory;
        this.store = store;
    }

    /**
     * Reads the manifest.
     *
     * @return what it says
     * @throws KVCorruptionException if it is missing or damaged
     * @throws IOException if it cannot be read
     */
    public ManifestLayout read() throws IOException {
        String path = directory.path().resolve(FileNames.MANIFEST).toString();
        if (!directory.list().contains(FileNames.MANIFEST)) {
            throw new KVCorruptionException(
                    path + ", offset 0: the file is missing, which says which segments count: "
                            + DamageRemedy.BACKUP_OR_REPAIR,
                    null);
        }
        try (StoreFile file = directory.open(FileNames.MANIFEST)) {
            // What the file claims is checked before memory is taken for it.
            byte[] bytes = new byte[ManifestLayout.length(path, head(file), file.length())];
            int length = file.read(0, bytes, 0, bytes.length);
            if (length < bytes.length) {
                throw new IOException(path + " became shorter while it was read");
            }
            return ManifestLayout.decode(path, bytes, store.storeId());
        }
    }

    private static byte[] head(StoreFile file) throws IOException {
        byte[] head = new byte[ManifestLayout.HEAD_SIZE];
        return Arrays.copyOf(head, file.read(0, head, 0, head.length));
    }

    /**
     * Replaces the manifest. What it lists must be on stable storage.
     *
     * <p>Crash story: before the rename is durable the old manifest counts, after it the new one.
     *
     * @param manifest the new one
     * @throws IOException if it cannot be written; the old one then still counts
     * @throws UncertainException if it is not known which of the two counts
     */
    public void replace(ManifestLayout manifest) throws IOException, UncertainException {
        byte[] bytes = manifest.encode(store.storeId());
        try (Undo undo = new Undo(() -> directory.delete(FileNames.MANIFEST_UNFINISHED))) {
            try (StoreFile file = directory.create(FileNames.MANIFEST_UNFINISHED)) {
                file.write(0, bytes, 0, bytes.length);
                file.force();
            }
            // The names of the segments that it lists, too.
            directory.sync();
            directory.rename(FileNames.MANIFEST_UNFINISHED, FileNames.MANIFEST);
            undo.keep();
        }
        try {
            directory.sync();
        } catch (IOException e) {
            throw new UncertainException(e);
        }
    }

    /** The new manifest has its name, but whether that is on stable storage is not known. */
    public static final class UncertainException extends Exception {
        private static final long serialVersionUID = 1L;

        UncertainException(IOException cause) {
            super("the manifest was renamed, and the directory could not be synced: " + cause.getMessage(), cause);
        }
    }
}
