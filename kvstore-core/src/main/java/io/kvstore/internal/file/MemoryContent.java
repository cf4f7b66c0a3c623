package io.kvstore.internal.file;

import static io.kvstore.internal.file.MemorySpace.CHUNK;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file in memory, which its opens and its mappings share. A chunk is taken when something is written
 * to it; where there is none, the bytes are zero, as in a hole of a file.
 *
 * <p>Length, table and chunks change under this. Bytes go in and out without a lock, as with a mapping: a chunk is
 * published by a release and found by an acquire, so whoever was told of some bytes by whoever has put them finds the
 * chunk that they are in. Shown by the harnesses {@code MemoryFiles}.
 */
final class MemoryContent {
    private final MemorySpace space;
    private volatile AtomicReferenceArray<byte @Nullable []> chunks = new AtomicReferenceArray<>(0);
    private volatile long length;

    /** How many chunks there are. Guarded by this. */
    private int taken;

    /** Whether they count for the space: not once the file has lost its name. Guarded by this. */
    private boolean counted = true;

    MemoryContent(MemorySpace space) {
        this.space = space;
    }

    long length() {
        return length;
    }

    /** Cuts the file, which frees its chunks at once, or extends it by a hole. */
    synchronized void setLength(long newLength) {
        AtomicReferenceArray<byte @Nullable []> old = chunks;
        AtomicReferenceArray<byte @Nullable []> table = new AtomicReferenceArray<>(index(newLength + CHUNK - 1));
        int kept = 0;
        for (int i = 0; i < Math.min(old.length(), table.length()); i++) {
            byte[] chunk = old.get(i);
            table.set(i, chunk);
            kept += chunk == null ? 0 : 1;
        }
        int rest = within(newLength);
        if (newLength < length && rest > 0) {
            byte[] last = table.get(table.length() - 1);
            if (last != null) {
                // Extended again, the file has zeros there.
                Arrays.fill(last, rest, CHUNK, (byte) 0);
            }
        }
        chunks = table;
        length = newLength;
        if (counted) {
            space.give(taken - kept);
        }
        taken = kept;
    }

    /** Tells that the file has no name any more: its memory goes with the last who refers to it, and counts no more. */
    synchronized void unlink() {
        if (counted) {
            counted = false;
            space.give(taken);
        }
    }

    /** Makes the file at least so long. */
    synchronized void extend(long least) {
        if (least > length) {
            setLength(least);
        }
    }

    /** Copies bytes out; zeros where there are none. */
    void get(long position, byte[] target, int offset, int count) {
        AtomicReferenceArray<byte @Nullable []> table = chunks;
        int done = 0;
        while (done < count) {
            int index = index(position + done);
            int within = within(position + done);
            int n = Math.min(count - done, CHUNK - within);
            byte[] chunk = index < table.length() ? table.getAcquire(index) : null;
            if (chunk == null) {
                Arrays.fill(target, offset + done, offset + done + n, (byte) 0);
            } else {
                System.arraycopy(chunk, within, target, offset + done, n);
            }
            done += n;
        }
    }

    /** Copies bytes in, below the length of the file. */
    void put(long position, byte[] source, int offset, int count) throws IOException {
        int done = 0;
        while (done < count) {
            int within = within(position + done);
            int n = Math.min(count - done, CHUNK - within);
            System.arraycopy(source, offset + done, chunk(index(position + done)), within, n);
            done += n;
        }
    }

    private byte[] chunk(int index) throws IOException {
        AtomicReferenceArray<byte @Nullable []> table = chunks;
        byte[] chunk = index < table.length() ? table.getAcquire(index) : null;
        return chunk == null ? take(index) : chunk;
    }

    private synchronized byte[] take(int index) throws IOException {
        AtomicReferenceArray<byte @Nullable []> table = chunks;
        if (index >= table.length()) {
            throw new IOException("the file was cut to " + length + " bytes while it was written");
        }
        byte[] chunk = table.get(index);
        if (chunk == null) {
            chunk = counted ? space.take() : new byte[CHUNK];
            taken++;
            table.setRelease(index, chunk);
        }
        return chunk;
    }

    private static int index(long position) {
        return (int) (position / CHUNK);
    }

    private static int within(long position) {
        return (int) (position % CHUNK);
    }
}
