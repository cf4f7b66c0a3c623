package io.kvstore.internal.recovery;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Checks records of one file at a cost that does not grow with their size, for a search that tries every place: the
 * checksums of all bytes up to each block are taken once, and from those of its two ends follows that of any range,
 * since a CRC is linear (the arithmetic is that of {@code crc32_combine} in zlib, by Mark Adler).
 *
 * <p>Takes one pass over the file when it is first needed, and 2 KiB for each MiB of it. Belongs to one thread, like
 * the window.
 */
final class RangeChecksums {
    /** A shorter record is read and checked as it is. */
    private static final int SHORT = 4 << 10;

    private static final int BLOCK = SegmentWindow.ASIDE;

    /** The polynomial of CRC32C, without its highest term, bits reflected: the highest bit is that of x to the 0. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 1 << 31;

    /** x to the 2 to the i, modulo the polynomial, for as many bits as a file that counts may have: 8 times 2 GiB. */
    private static final int[] POWERS = new int[34];

    static {
        POWERS[0] = ONE >>> 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = multiply(POWERS[i - 1], POWERS[i - 1]);
        }
    }

    private final SegmentWindow window;
    private final byte[] placed = new byte[8 + RecordLayout.CHECKSUM];
    private final CRC32C crc = new CRC32C();

    /** The checksum of all bytes in front of each block. */
    private int @Nullable [] before;

    RangeChecksums(SegmentWindow window) {
        this.window = window;
    }

    /**
     * As {@link SegmentWindow#isIntact}.
     *
     * @param offset of the record
     * @param size that it claims to have; all of it is in the file
     * @param token of its place
     */
    boolean isIntact(long offset, long size, long token) throws IOException {
        if (size > SHORT && !isRight(offset, size, token)) {
            return false;
        }
        return window.isIntact(offset, size, token);
    }

    private boolean isRight(long offset, long size, long token) throws IOException {
        int[] sums = before;
        if (sums == null) {
            sums = sumUp();
            before = sums;
        }
        int header = window.load(offset, RecordLayout.HEADER_SIZE);
        int checksum = LittleEndian.getInt(window.bytes(), header + RecordLayout.CHECKSUM);
        LittleEndian.putLong(placed, 0, token);
        System.arraycopy(window.bytes(), header, placed, 8, RecordLayout.CHECKSUM);
        crc.reset();
        crc.update(placed, 0, placed.length);
        long body = offset + RecordLayout.HEADER_SIZE;
        int bodySum = upTo(sums, offset + size) ^ shift(upTo(sums, body), offset + size - body);
        return (shift(bodySum, placed.length) ^ (int) crc.getValue()) == checksum;
    }

    private int[] sumUp() throws IOException {
        // No record goes beyond that, whatever the file has.
        int[] sums = new int[(int) (Math.min(window.fileLength(), Integer.MAX_VALUE) / BLOCK) + 1];
        crc.reset();
        for (int i = 1; i < sums.length; i++) {
            crc.update(window.bytes(), window.load((long) (i - 1) * BLOCK, BLOCK), BLOCK);
            sums[i] = (int) crc.getValue();
        }
        return sums;
    }

    /** The checksum of all bytes in front of an offset. */
    private int upTo(int[] sums, long offset) throws IOException {
        int block = (int) (offset / BLOCK);
        int rest = (int) (offset % BLOCK);
        return rest == 0 ? sums[block] : shift(sums[block], rest) ^ window.checksumAside(offset - rest, rest);
    }

    /** What the checksum of some bytes adds to that of the same and so many more. */
    private static int shift(int checksum, long bytes) {
        int shifted = checksum;
        long bits = 8 * bytes;
        for (int i = 0; bits != 0; i++, bits >>>= 1) {
            if ((bits & 1) != 0) {
                shifted = multiply(POWERS[i], shifted);
            }
        }
        return shifted;
    }

    /** The product of two polynomials, modulo that of the checksum. */
    private static int multiply(int a, int b) {
        int product = 0;
        int factor = b;
        for (int term = ONE; term != 0; term >>>= 1) {
            if ((a & term) != 0) {
                product ^= factor;
            }
            factor = (factor & 1) == 0 ? factor >>> 1 : factor >>> 1 ^ POLYNOMIAL;
        }
        return product;
    }
}
