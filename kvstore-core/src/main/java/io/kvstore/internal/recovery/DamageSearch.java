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
 * and would matter, which values may imitate at each place: {@link RangeChecksums} keep the search linear in the size
 * of the file all the same.
 *
 * <p>Belongs to one thread, like the window.
 */
final class DamageSearch {
    private final SegmentWindow window;
    private final long salt;
    private final RangeChecksums checksums;

    /**
     * Searches in one file.
     *
     * @param window on the file
     * @param salt of the segment
     */
    DamageSearch(SegmentWindow window, long salt) {
        this.window = window;
        this.salt = salt;
        this.checksums = new RangeChecksums(window);
    }

    /**
     * What a record must say to count.
     *
     * @param leastSynced the offset that its synced-up-to mark must reach
     * @param leastSequence the least sequence number
     * @param mostSequence the largest
     */
    record Wanted(long leastSynced, long leastSequence, long mostSequence) {
        /** Any record. */
        static final Wanted ANY = new Wanted(0, 0, Long.MAX_VALUE);

        private boolean fits(byte[] bytes, int header) {
            long sequence = LittleEndian.getLong(bytes, header + RecordLayout.SEQUENCE);
            return sequence >= leastSequence
                    && sequence <= mostSequence
                    && SegmentScanner.syncedOffset(bytes, header) >= leastSynced;
        }
    }

    /**
     * Looks for an intact record.
     *
     * @param from where to start
     * @param wanted which of them count
     * @return the offset of the first that counts; empty if there is none
     */
    OptionalLong findRecord(long from, Wanted wanted) throws IOException {
        long last = window.fileLength() - RecordLayout.HEADER_SIZE;
        for (long offset = RecordLayout.align(from); offset <= last; offset += RecordLayout.ALIGNMENT) {
            int header = window.load(offset, RecordLayout.HEADER_SIZE);
            byte[] bytes = window.bytes();
            if (bytes[header + RecordLayout.KIND] == 0 || !wanted.fits(bytes, header)) {
                continue;
            }
            long size = window.claimedSize(header);
            if (SegmentScanner.isPlausible(window, header, offset, size)
                    && checksums.isIntact(offset, size, RecordLayout.token(salt, (int) offset))) {
                return OptionalLong.of(offset);
            }
        }
        return OptionalLong.empty();
    }
}
