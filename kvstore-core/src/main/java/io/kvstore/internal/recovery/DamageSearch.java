package io.kvstore.internal.recovery;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Tells a torn tail from damage, by what lies behind the first bad record: an intact record there that was written when
 * the place of the bad one was already on stable storage says that the bad one was good once.
 *
 * <p>Records start at any multiple of 8, so every one is tried. The checksum is only taken where a header is plausible
 * and would matter. Values that imitate headers could still make that quadratic; past a budget of a few passes over the
 * file the search gives up, and the file counts as damaged, since that loses nothing.
 */
final class DamageSearch {
    private static final long PASSES = 8;
    private static final long SLACK = 64L << 20;

    private DamageSearch() {}

    /**
     * Looks for an intact record.
     *
     * @param window on the file
     * @param salt of the segment
     * @param from where to start
     * @param leastSynced the offset that the record's synced-up-to mark must reach to count
     * @param lastSequence the last sequence number before; records behind have higher ones
     * @return the offset of the first that counts, or where the search gave up; empty if there is none
     */
    static OptionalLong findRecord(SegmentWindow window, long salt, long from, long leastSynced, long lastSequence)
            throws IOException {
        long budget = PASSES * window.fileLength() + SLACK;
        long last = window.fileLength() - RecordLayout.HEADER_SIZE;
        for (long offset = RecordLayout.align(from); offset <= last; offset += RecordLayout.ALIGNMENT) {
            int header = window.load(offset, RecordLayout.HEADER_SIZE);
            byte[] bytes = window.bytes();
            if (bytes[header + RecordLayout.KIND] == 0
                    || SegmentScanner.syncedOffset(bytes, header) < leastSynced
                    || LittleEndian.getLong(bytes, header + RecordLayout.SEQUENCE) < lastSequence) {
                continue;
            }
            long size = window.claimedSize(header);
            if (!SegmentScanner.isPlausible(window, header, offset, size)) {
                continue;
            }
            budget -= size;
            if (budget < 0 || window.isIntact(offset, size, RecordLayout.token(salt, (int) offset))) {
                return OptionalLong.of(offset);
            }
        }
        return OptionalLong.empty();
    }
}
