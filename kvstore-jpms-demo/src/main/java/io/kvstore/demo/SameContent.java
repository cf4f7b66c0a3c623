package io.kvstore.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which files have the same content. The files of one content are numbered from 0 without a gap:
 *
 * <pre>
 *   originals   hash               -&gt; path of number 0
 *   copies      hash, u32 number   -&gt; path of number 1, 2, ...
 * </pre>
 *
 * <p>A cursor of the store has no order, so keys that begin with one hash are not found together. Numbers are: they can
 * be asked for one by one. So nothing that is unique is ever looked at, nothing is held in memory, and {@code copies}
 * has as many entries as there are files too many.
 *
 * <p>The order of the writes is what keeps this right, since a crash keeps the first so many of them. A number counts
 * only while its file's {@link FileEntry} points back at it; numbers are written before the entry that points at them,
 * and taken away after it. So after a crash at any point every file has exactly one number that counts. At worst one
 * number is left that does not: it is passed over.
 *
 * <p>For one thread at a time. Owns nothing: the buckets are those of {@link CatalogStore}.
 */
final class SameContent {
    private final KVBucket files;
    private final KVBucket originals;
    private final KVBucket copies;

    /**
     * The index over a catalog's files.
     *
     * @param files the entries by path
     * @param originals the first file of each content
     * @param copies the further ones
     */
    SameContent(KVBucket files, KVBucket originals, KVBucket copies) {
        this.files = files;
        this.originals = originals;
        this.copies = copies;
    }

    /** Files of one content: how many, and how large each is. */
    record Group(ContentHash hash, long files, long size) {
        /** The bytes in all files but one. */
        long waste() {
            return (files - 1) * size;
        }
    }

    /**
     * Gives a file the next number of its content. The caller writes the file's entry with that number next.
     *
     * @param hash of the content
     * @param path the file's key
     * @return the number
     */
    int add(ContentHash hash, byte[] path) {
        int number = count(hash);
        put(hash, number, path);
        return number;
    }

    /**
     * Takes a number away and lets the last file of that content move into the gap. The caller has changed or deleted
     * the entry that pointed at it.
     *
     * @param hash of the content
     * @param number one that {@link #add} gave
     */
    void remove(ContentHash hash, int number) {
        int last = count(hash) - 1;
        assert number <= last : "number " + number + " of " + hash + " is beyond the last one, " + last;
        if (number < last) {
            move(hash, last, number);
        }
        if (last == 0) {
            originals.delete(hash.bytes());
        } else {
            copies.delete(copyKey(hash, last));
        }
    }

    private void move(ContentHash hash, int from, int to) {
        byte[] path = path(hash, from);
        if (path == null) {
            return;
        }
        put(hash, to, path);
        FileEntry entry = pointingBack(hash, from, path);
        if (entry != null) {
            files.put(path, entry.withNumber(to).encode());
        }
    }

    /**
     * Finds every content that more than one file has.
     *
     * @param action takes each group, in no order
     */
    void eachGroup(Consumer<Group> action) {
        try (KVCursor cursor = copies.scan()) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                if (ByteBuffer.wrap(key).getInt(ContentHash.SIZE) == 1) {
                    Group group = group(new ContentHash(Arrays.copyOf(key, ContentHash.SIZE)));
                    if (group.files() > 1) {
                        action.accept(group);
                    }
                }
            }
        }
    }

    private Group group(ContentHash hash) {
        long[] filesAndSize = new long[2];
        eachFile(hash, (path, entry) -> {
            filesAndSize[0]++;
            filesAndSize[1] = entry.size();
        });
        return new Group(hash, filesAndSize[0], filesAndSize[1]);
    }

    /**
     * Finds the files of one content.
     *
     * @param hash of the content
     * @param action takes the path and the entry of each
     */
    void eachFile(ContentHash hash, BiConsumer<String, FileEntry> action) {
        int number = 0;
        for (byte[] path = path(hash, 0); path != null; path = path(hash, ++number)) {
            FileEntry entry = pointingBack(hash, number, path);
            if (entry != null) {
                action.accept(new String(path, UTF_8), entry);
            }
        }
    }

    /** The entry of the file that has a number, or null if it no longer is of that content or has another number. */
    private @Nullable FileEntry pointingBack(ContentHash hash, int number, byte[] path) {
        byte[] value = files.get(path);
        if (value == null) {
            return null;
        }
        FileEntry entry = FileEntry.decode(new String(path, UTF_8), value);
        return entry.hash().equals(hash) && entry.number() == number ? entry : null;
    }

    /** How many numbers are taken: doubles the step until it meets a free one, then halves. There are no gaps. */
    private int count(ContentHash hash) {
        if (!isTaken(hash, 0)) {
            return 0;
        }
        int taken = 0;
        int free = 1;
        while (isTaken(hash, free)) {
            taken = free;
            free = Math.multiplyExact(free, 2);
        }
        while (free - taken > 1) {
            int middle = (taken + free) >>> 1;
            if (isTaken(hash, middle)) {
                taken = middle;
            } else {
                free = middle;
            }
        }
        return free;
    }

    private boolean isTaken(ContentHash hash, int number) {
        return number == 0 ? originals.containsKey(hash.bytes()) : copies.containsKey(copyKey(hash, number));
    }

    private byte @Nullable [] path(ContentHash hash, int number) {
        return number == 0 ? originals.get(hash.bytes()) : copies.get(copyKey(hash, number));
    }

    private void put(ContentHash hash, int number, byte[] path) {
        if (number == 0) {
            originals.put(hash.bytes(), path);
        } else {
            copies.put(copyKey(hash, number), path);
        }
    }

    private static byte[] copyKey(ContentHash hash, int number) {
        return ByteBuffer.allocate(ContentHash.SIZE + Integer.BYTES)
                .put(hash.bytes())
                .putInt(number)
                .array();
    }
}
