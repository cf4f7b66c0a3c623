package io.kvstore.internal.recovery;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads every intact record of a segment, in whatever order their numbers are, and goes on behind those that are
 * damaged: a record is known by its checksum, which its place goes into.
 */
public final class SalvageScanner {
    private static final long NONE = -1;

    private SalvageScanner() {}

    /** Takes what is found, from front to back. */
    public interface Visitor {
        /**
         * An intact record, the seal included.
         *
         * @param window holds header and key; only during the call
         * @param header index of the header in the window
         * @param offset of the record in the segment
         * @param size of the record in bytes
         * @throws IOException if the scan is to end
         */
        void record(SegmentWindow window, int header, int offset, long size) throws IOException;

        /**
         * A range that holds no intact record.
         *
         * @param from offset of its first byte
         * @param to offset behind its last
         * @param key of the record that was there, as far as its header can be believed, or null
         * @throws IOException if the scan is to end
         */
        void damage(int from, int to, byte @Nullable [] key) throws IOException;
    }

    /**
     * Reads a segment.
     *
     * @param window on its file
     * @param salt of the segment
     * @param limit offset at which to stop, or more than the file has
     * @param visitor takes what is found
     * @return the offset behind which nothing but zeros comes, or the limit
     * @throws IOException if the file cannot be read, or the visitor throws
     */
    public static long scan(SegmentWindow window, long salt, long limit, Visitor visitor) throws IOException {
        DamageSearch search = new DamageSearch(window, salt);
        long end = Math.min(limit, window.fileLength());
        long offset = SegmentHeader.SIZE;
        long damaged = NONE;
        while (offset < end) {
            long size = sizeOfIntact(window, salt, offset, end);
            if (size > 0) {
                tell(window, damaged, offset, visitor);
                damaged = NONE;
                int header = window.load(offset, window.keyEnd(window.load(offset, RecordLayout.HEADER_SIZE)));
                boolean seal = window.bytes()[header + RecordLayout.KIND] == RecordLayout.KIND_SEAL;
                visitor.record(window, header, (int) offset, size);
                offset += size;
                if (seal) {
                    // Nothing was ever appended behind it; a record that found no room may have left a part of itself.
                    break;
                }
                continue;
            }
            if (window.isZeroFrom(offset)) {
                break;
            }
            damaged = damaged == NONE ? offset : damaged;
            OptionalLong found = search.findRecord(offset + RecordLayout.ALIGNMENT, DamageSearch.Wanted.ANY);
            offset = Math.min(end, found.orElse(end));
        }
        tell(window, damaged, offset, visitor);
        return offset;
    }

    private static void tell(SegmentWindow window, long from, long to, Visitor visitor) throws IOException {
        if (from != NONE) {
            visitor.damage((int) from, (int) to, claimedKey(window, from, to));
        }
    }

    private static long sizeOfIntact(SegmentWindow window, long salt, long offset, long end) throws IOException {
        if (offset + RecordLayout.HEADER_SIZE > end) {
            return 0;
        }
        int header = window.load(offset, RecordLayout.HEADER_SIZE);
        long size = window.claimedSize(header);
        boolean intact = SegmentScanner.isPlausible(window, header, offset, size)
                && offset + size <= end
                && window.isIntact(offset, size, RecordLayout.token(salt, (int) offset));
        return intact ? size : 0;
    }

    /** The key of a damaged record, if the next record comes just where this one claims to end. */
    private static byte @Nullable [] claimedKey(SegmentWindow window, long offset, long next) throws IOException {
        if (offset + RecordLayout.HEADER_SIZE > next) {
            return null;
        }
        int header = window.load(offset, RecordLayout.HEADER_SIZE);
        int kind = window.bytes()[header + RecordLayout.KIND];
        boolean keyed = kind == RecordLayout.KIND_PUT || kind == RecordLayout.KIND_TOMBSTONE;
        if (!keyed || window.claimedSize(header) != next - offset) {
            return null;
        }
        int length = LittleEndian.getUnsignedShort(window.bytes(), header + RecordLayout.KEY_LENGTH);
        int end = window.keyEnd(header);
        int index = window.load(offset, end);
        return Arrays.copyOfRange(window.bytes(), index + end - length, index + end);
    }
}
