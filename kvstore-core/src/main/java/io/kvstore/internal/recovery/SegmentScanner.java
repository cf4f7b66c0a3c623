package io.kvstore.internal.recovery;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;

/**
 * Reads the records of one segment from its start for as long as each is intact and the next in the log's order: its
 * sequence number is one more than that of the record before. Where that ends, the segment ends, or is damaged; which
 * of the two is not decided here.
 */
final class SegmentScanner {
    private SegmentScanner() {}

    /** Takes the records. */
    interface RecordVisitor {
        /**
         * One record other than the seal.
         *
         * @param window holds header and key; only during the call
         * @param header index of the header in the window
         * @param offset of the record in the segment
         * @param size of the record in bytes
         */
        void record(SegmentWindow window, int header, int offset, long size) throws IOException;
    }

    /**
     * Where the intact records of a segment end.
     *
     * @param offset behind the last one, the seal included
     * @param sequence of the last one, or the one before the segment
     * @param records how many, the seal not counted
     * @param sealed whether the last one is the seal
     * @param fileLength of the file in bytes
     */
    record End(int offset, long sequence, long records, boolean sealed, long fileLength) {}

    static End scan(SegmentWindow window, long salt, long sequenceBefore, RecordVisitor visitor) throws IOException {
        long offset = SegmentHeader.SIZE;
        long sequence = sequenceBefore;
        long records = 0;
        long fileLength = window.fileLength();
        while (offset + RecordLayout.HEADER_SIZE <= fileLength) {
            int header = window.load(offset, RecordLayout.HEADER_SIZE);
            long size = window.claimedSize(header);
            int kind = window.bytes()[header + RecordLayout.KIND];
            boolean seal = kind == RecordLayout.KIND_SEAL;
            long expected = seal ? sequence : sequence + 1;
            if (!isPlausible(window, header, offset, size)
                    || LittleEndian.getLong(window.bytes(), header + RecordLayout.SEQUENCE) != expected
                    || !window.isIntact(offset, size, RecordLayout.token(salt, (int) offset))) {
                break;
            }
            if (seal) {
                return new End((int) (offset + size), sequence, records, true, fileLength);
            }
            int keyEnd = RecordLayout.HEADER_SIZE
                    + LittleEndian.getUnsignedShort(window.bytes(), header + RecordLayout.KEY_LENGTH);
            visitor.record(window, window.load(offset, keyEnd), (int) offset, size);
            sequence = expected;
            records++;
            offset += size;
        }
        return new End((int) offset, sequence, records, false, fileLength);
    }

    /** Whether a header could be one, short of its checksum: it costs little, and spares most checksums of garbage. */
    static boolean isPlausible(SegmentWindow window, int header, long offset, long size) {
        byte[] bytes = window.bytes();
        return RecordLayout.isKind(bytes[header + RecordLayout.KIND])
                && bytes[header + RecordLayout.FLAGS] == RecordLayout.KNOWN_FLAGS
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
