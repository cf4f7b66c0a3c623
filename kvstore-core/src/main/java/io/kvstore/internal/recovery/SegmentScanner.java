package io.kvstore.internal.recovery;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;

/**
 * Reads the records of one segment from its start for as long as each is intact and, in a segment of the log, the next
 * in order: its sequence number is one more than that of the record before. Where that ends, the segment ends, or is
 * damaged; which of the two is not decided here.
 */
public final class SegmentScanner {
    private SegmentScanner() {}

    /** Takes the records. */
    public interface RecordVisitor {
        /**
         * One record other than the seal.
         *
         * @param window holds header and key; only during the call
         * @param header index of the header in the window
         * @param offset of the record in the segment
         * @param size of the record in bytes
         * @throws IOException if the scan is to end
         */
        void record(SegmentWindow window, int header, int offset, long size) throws IOException;
    }

    /**
     * Where the intact records of a segment end.
     *
     * @param offset behind the last one, the seal included
     * @param whole as {@code offset}, or where the batch begins whose end is missing
     * @param sequence the highest, or the one before the segment
     * @param sealed whether the last one is the seal
     * @param next number of the segment that the seal names; 0 if it names none
     * @param fileLength of the file in bytes
     */
    public record End(int offset, int whole, long sequence, boolean sealed, int next, long fileLength) {}

    /**
     * Reads a segment.
     *
     * @param window on its file
     * @param salt of the segment
     * @param ordered whether it is of the log
     * @param sequenceBefore number of the last record before, if it is of the log; else 0
     * @param limit offset of a record at which to stop at the latest
     * @param visitor takes the records, those of a batch that is cut off as well
     * @return where they end
     * @throws IOException if the file cannot be read, or the visitor throws
     */
    public static End scan(
            SegmentWindow window, long salt, boolean ordered, long sequenceBefore, int limit, RecordVisitor visitor)
            throws IOException {
        long offset = SegmentHeader.SIZE;
        long whole = offset;
        long sequence = sequenceBefore;
        long fileLength = window.fileLength();
        while (offset < limit && offset + RecordLayout.HEADER_SIZE <= fileLength) {
            int header = window.load(offset, RecordLayout.HEADER_SIZE);
            long size = window.claimedSize(header);
            int kind = window.bytes()[header + RecordLayout.KIND];
            boolean seal = kind == RecordLayout.KIND_SEAL;
            // All of the header before the check: after that, one of a record larger than the window is not in it any
            // more.
            int flags = window.bytes()[header + RecordLayout.FLAGS];
            int keyEnd = window.keyEnd(header);
            long found = LittleEndian.getLong(window.bytes(), header + RecordLayout.SEQUENCE);
            boolean inOrder = seal ? found == sequence && whole == offset : !ordered || found == sequence + 1;
            if (!isPlausible(window, header, offset, size)
                    || !inOrder
                    || !window.isIntact(offset, size, RecordLayout.token(salt, (int) offset))) {
                break;
            }
            if (seal) {
                int end = (int) (offset + size);
                return new End(end, end, sequence, true, next(window, offset, size), fileLength);
            }
            visitor.record(window, window.load(offset, keyEnd), (int) offset, size);
            sequence = Math.max(sequence, found);
            offset += size;
            whole = (flags & RecordLayout.FLAG_BATCH_CONTINUES) == 0 ? offset : whole;
        }
        return new End((int) offset, (int) whole, sequence, false, 0, fileLength);
    }

    /**
     * The segment that a seal names.
     *
     * @param window on the file
     * @param offset of the seal
     * @param size of the seal
     * @return the number of the segment in which the log goes on; 0 if it names none
     * @throws IOException if the file cannot be read
     */
    public static int next(SegmentWindow window, long offset, long size) throws IOException {
        int header = window.load(offset, (int) size);
        return LittleEndian.getInt(window.bytes(), header + RecordLayout.VALUE_LENGTH) == Integer.BYTES
                ? LittleEndian.getInt(window.bytes(), header + RecordLayout.HEADER_SIZE)
                : 0;
    }

    /** Whether a header could be one, short of its checksum: it costs little, and spares most checksums of garbage. */
    static boolean isPlausible(SegmentWindow window, int header, long offset, long size) {
        byte[] bytes = window.bytes();
        return RecordLayout.isKind(bytes[header + RecordLayout.KIND])
                && (bytes[header + RecordLayout.FLAGS] & ~RecordLayout.KNOWN_FLAGS) == 0
                && syncedOffset(bytes, header) <= offset
                && (offset < RecordLayout.OFFSET_LIMIT || bytes[header + RecordLayout.KIND] == RecordLayout.KIND_SEAL)
                && offset + size <= Math.min(window.fileLength(), Integer.MAX_VALUE);
    }

    /** The offset below which the segment was on stable storage when the record was written. */
    static long syncedOffset(byte[] bytes, int header) {
        return Integer.toUnsignedLong(LittleEndian.getInt(bytes, header + RecordLayout.SYNCED))
                * RecordLayout.ALIGNMENT;
    }
}
