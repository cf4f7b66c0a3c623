package io.kvstore.internal.recovery;

import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * A segment file read from front to back through one buffer, with ordinary reads: a page that cannot be read is then an
 * exception and not a fault. Records of any size are checked without holding them whole.
 *
 * <p>Belongs to one thread; used for one file after the other.
 */
public final class SegmentWindow {
    /** Holds any record's header and key. */
    private static final int CAPACITY = 1 << 20;

    /** The most that {@link #checksumAside} takes. */
    static final int ASIDE = 2 << 10;

    private final byte[] bytes = new byte[CAPACITY];
    private final byte[] placed = new byte[8 + RecordLayout.CHECKSUM];
    private final byte[] aside = new byte[ASIDE];
    private final CRC32C crc = new CRC32C();
    private StoreFile file;
    private long fileLength;
    private long start;
    private int length;

    /**
     * A window on a file.
     *
     * @param file open for as long as the window is used
     * @throws IOException if its length cannot be told
     */
    public SegmentWindow(StoreFile file) throws IOException {
        this.file = file;
        this.fileLength = file.length();
    }

    void moveTo(StoreFile next) throws IOException {
        file = next;
        fileLength = next.length();
        start = 0;
        length = 0;
    }

    /**
     * The length of the file.
     *
     * @return bytes
     */
    public long fileLength() {
        return fileLength;
    }

    /**
     * The buffer.
     *
     * @return holds what was loaded last
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Brings a range into the buffer.
     *
     * @param offset in the file
     * @param wanted bytes, at most 1 MiB, not beyond the end of the file
     * @return the index of its first byte in {@link #bytes}; good until the next call
     * @throws IOException if the file cannot be read
     */
    public int load(long offset, int wanted) throws IOException {
        if (!holds(offset, wanted)) {
            int kept = 0;
            if (offset >= start && offset < start + length) {
                kept = (int) (start + length - offset);
                System.arraycopy(bytes, (int) (offset - start), bytes, 0, kept);
            }
            start = offset;
            length = kept;
            length += file.read(offset + kept, bytes, kept, CAPACITY - kept);
            if (length < wanted) {
                throw shorter(offset + wanted);
            }
        }
        return (int) (offset - start);
    }

    private IOException shorter(long expected) {
        return new IOException("the file became shorter while it was read: " + expected + " bytes expected, of "
                + fileLength + " that there were");
    }

    /**
     * Whether a range is in the buffer, as it was read, and checked, the last time.
     *
     * @param offset in the file
     * @param size bytes
     * @return false if {@link #load} would read it from the file
     */
    public boolean holds(long offset, int size) {
        return offset >= start && offset + size <= start + length;
    }

    /** Whether nothing but zeros comes behind an offset: the part of a segment that was reserved and not written. */
    boolean isZeroFrom(long offset) throws IOException {
        for (long position = offset; position < fileLength; ) {
            int chunk = (int) Math.min(CAPACITY, fileLength - position);
            int index = load(position, chunk);
            for (int i = index; i < index + chunk; i++) {
                if (bytes[i] != 0) {
                    return false;
                }
            }
            position += chunk;
        }
        return true;
    }

    /** The size that the record at an offset claims to have; the header must be in the file. */
    long claimedSize(int header) {
        return RecordLayout.size(
                bytes[header + RecordLayout.FLAGS],
                LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH),
                Integer.toUnsignedLong(LittleEndian.getInt(bytes, header + RecordLayout.VALUE_LENGTH)));
    }

    /** How many bytes there are from the start of a record to the end of its key; the header must be in the buffer. */
    int keyEnd(int header) {
        return RecordLayout.HEADER_SIZE
                + RecordLayout.expirySize(bytes[header + RecordLayout.FLAGS])
                + LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH);
    }

    /**
     * The checksum of a short range, which leaves the buffer as it is.
     *
     * @param offset in the file
     * @param size bytes, at most {@link #ASIDE}, not beyond the end of the file
     */
    int checksumAside(long offset, int size) throws IOException {
        crc.reset();
        if (holds(offset, size)) {
            crc.update(bytes, (int) (offset - start), size);
        } else {
            if (file.read(offset, aside, 0, size) < size) {
                throw shorter(offset + size);
            }
            crc.update(aside, 0, size);
        }
        return (int) crc.getValue();
    }

    /** Whether the checksum of the record at an offset is right; all of it must be in the file. */
    boolean isIntact(long offset, long size, long token) throws IOException {
        int header = load(offset, (int) Math.min(size, CAPACITY));
        int checksum = LittleEndian.getInt(bytes, header + RecordLayout.CHECKSUM);
        LittleEndian.putLong(placed, 0, token);
        System.arraycopy(bytes, header, placed, 8, RecordLayout.CHECKSUM);
        crc.reset();
        long position = offset + RecordLayout.HEADER_SIZE;
        long end = offset + size;
        while (position < end) {
            int chunk = (int) Math.min(end - position, CAPACITY - (position - offset) % CAPACITY);
            crc.update(bytes, load(position, chunk), chunk);
            position += chunk;
        }
        crc.update(placed, 0, placed.length);
        return (int) crc.getValue() == checksum;
    }
}
