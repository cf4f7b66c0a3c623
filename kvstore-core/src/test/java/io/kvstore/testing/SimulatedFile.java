package io.kvstore.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The bytes of one file of a {@link SimulatedDisk}: what is on stable storage, and in order all that was done since and
 * may be there or not. Guarded by the disk.
 */
final class SimulatedFile {
    /** What is written back at once. */
    static final int PAGE = 4096;

    /** What is written back wholly or not at all. */
    static final int SECTOR = 512;

    /**
     * Something that is not on stable storage for sure. A write lies within one page.
     *
     * @param bytes what was written; null for a change of the length
     * @param at offset of the write, or the new length
     */
    record Change(byte[] bytes, int at) {
        boolean isWrite() {
            return bytes != null;
        }

        int page() {
            return at / PAGE;
        }
    }

    /**
     * What a power loss now has to choose from.
     *
     * @param durable bytes on stable storage
     * @param pending changes since, in order
     */
    record Image(byte[] durable, List<Change> pending) {}

    private byte[] current;
    private int length;
    private byte[] durable;
    private List<Change> pending = new ArrayList<>();

    /** Changes that a failed force has dropped from what the next one writes. */
    private final Set<Change> dropped = new HashSet<>();

    /** How many names it has. */
    int links;

    /** A file that is on stable storage. */
    SimulatedFile(byte[] content) {
        current = content.clone();
        length = content.length;
        durable = content;
    }

    /** A file as it was at a moment. */
    SimulatedFile(Image image) {
        this(image.durable);
        for (Change change : image.pending) {
            if (change.isWrite()) {
                write(change.at, change.bytes, 0, change.bytes.length);
            } else {
                setLength(change.at);
            }
        }
    }

    int length() {
        return length;
    }

    byte[] content() {
        return Arrays.copyOf(current, length);
    }

    Image image() {
        return new Image(durable, List.copyOf(pending));
    }

    void get(int position, byte[] target, int offset, int count) {
        // A mapping may reach beyond a file that was cut: there a read would fault.
        if (position + count > length) {
            throw new InternalError("a read at " + position + " of a file that was cut to " + length);
        }
        System.arraycopy(current, position, target, offset, count);
    }

    void write(int position, byte[] source, int offset, int count) {
        if (position + count > length) {
            setLength(position + count);
        }
        System.arraycopy(source, offset, current, position, count);
        int done = 0;
        while (done < count) {
            int n = Math.min(count - done, PAGE - (position + done) % PAGE);
            int from = offset + done;
            pending.add(new Change(Arrays.copyOfRange(source, from, from + n), position + done));
            done += n;
        }
    }

    void setLength(int newLength) {
        if (newLength == length) {
            return;
        }
        if (newLength < length) {
            Arrays.fill(current, newLength, length, (byte) 0);
        } else if (newLength > current.length) {
            current = Arrays.copyOf(current, Math.max(newLength, 2 * current.length));
        }
        length = newLength;
        pending.add(new Change(null, newLength));
    }

    /**
     * Makes the pages of a range durable, and the length, since without it they could not be read.
     *
     * @param from first byte
     * @param to behind the last byte
     */
    void force(int from, int to) {
        int firstPage = from / PAGE;
        int lastPage = (to - 1) / PAGE;
        Set<Integer> dirty = new HashSet<>();
        for (Change change : pending) {
            if (change.isWrite() && !dropped.contains(change)) {
                dirty.add(change.page());
            }
        }
        byte[] bytes = durable;
        boolean own = false;
        List<Change> left = new ArrayList<>();
        for (Change change : pending) {
            if (!change.isWrite()) {
                bytes = Arrays.copyOf(bytes, change.at);
                own = true;
                left.removeIf(write -> write.at >= change.at);
            } else if (change.page() >= firstPage && change.page() <= lastPage && dirty.contains(change.page())) {
                if (!own) {
                    bytes = bytes.clone();
                    own = true;
                }
                copyInto(bytes, change);
                dropped.remove(change);
            } else {
                left.add(change);
            }
        }
        durable = bytes;
        pending = left;
    }

    void forceAll() {
        force(0, Integer.MAX_VALUE);
    }

    /** A force of a range has failed: the system takes its pages for clean, though they may never reach the disk. */
    void drop(int from, int to) {
        for (Change change : pending) {
            if (change.isWrite() && change.page() >= from / PAGE && change.page() <= (to - 1) / PAGE) {
                dropped.add(change);
            }
        }
    }

    static void copyInto(byte[] bytes, Change write) {
        int n = Math.min(write.bytes.length, bytes.length - write.at);
        if (n > 0) {
            System.arraycopy(write.bytes, 0, bytes, write.at, n);
        }
    }
}
