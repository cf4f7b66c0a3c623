package io.kvstore.internal.format;

import java.util.UUID;

/**
 * The first 64 bytes of a segment file.
 *
 * <pre>
 *   0  u64  magic "KVSEGMT\0"
 *   8  u32  format version
 *  12  u32  kind: 1 log, 2 merged
 *  16  u64  segment number, as in the file name
 *  24  u128 store id
 *  40  u64  nonce, random: tells this file from any other that ever has the number
 *  48       zero
 *  60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * @param kind {@link #KIND_LOG} or {@link #KIND_MERGED}
 * @param number of the segment
 * @param nonce of the file
 */
public record SegmentHeader(int kind, int number, long nonce) {
    /** The length of the header in bytes; the first record follows it. */
    public static final int SIZE = FixedBlock.SIZE;

    /** The kind of a segment that was filled by writers, in the order of their writes. */
    public static final int KIND_LOG = 1;

    /** The kind of a segment that a merge has filled with records of others. */
    public static final int KIND_MERGED = 2;

    private static final long MAGIC = 0x00544D474553564BL;
    private static final int KIND = 12;
    private static final int NUMBER = 16;
    private static final int STORE_ID = 24;
    private static final int NONCE = 40;

    /**
     * The bytes of the header.
     *
     * @param storeId of the store
     * @return a new array of {@link #SIZE} bytes
     */
    public byte[] encode(UUID storeId) {
        byte[] block = FixedBlock.start(MAGIC);
        LittleEndian.putInt(block, KIND, kind);
        LittleEndian.putLong(block, NUMBER, number);
        LittleEndian.putLong(block, STORE_ID, storeId.getMostSignificantBits());
        LittleEndian.putLong(block, STORE_ID + 8, storeId.getLeastSignificantBits());
        LittleEndian.putLong(block, NONCE, nonce);
        return FixedBlock.seal(block);
    }

    /**
     * Reads a header that has no {@link #defect}.
     *
     * @param block its bytes
     * @return what it says
     */
    public static SegmentHeader decode(byte[] block) {
        return new SegmentHeader(
                LittleEndian.getInt(block, KIND),
                (int) LittleEndian.getLong(block, NUMBER),
                LittleEndian.getLong(block, NONCE));
    }

    /**
     * Checks a header.
     *
     * @param file for messages
     * @param block the first bytes of the file
     * @param length how many there are
     * @param number the number that the file name says
     * @param storeId of the store
     * @return what is wrong with it in a few words, or the empty string if it is intact
     * @throws io.kvstore.KVException if it is of another format version
     */
    public static String defect(String file, byte[] block, int length, int number, UUID storeId) {
        if (!FixedBlock.hasMagic(block, length, MAGIC)) {
            return "no segment magic";
        }
        if (!FixedBlock.isIntact(block, length)) {
            return "header checksum mismatch";
        }
        FormatVersion.require(file, LittleEndian.getInt(block, FixedBlock.VERSION));
        if (LittleEndian.getLong(block, NUMBER) != number) {
            return "header of segment " + LittleEndian.getLong(block, NUMBER);
        }
        if (LittleEndian.getLong(block, STORE_ID) != storeId.getMostSignificantBits()
                || LittleEndian.getLong(block, STORE_ID + 8) != storeId.getLeastSignificantBits()) {
            return "segment of another store";
        }
        int kind = LittleEndian.getInt(block, KIND);
        return kind == KIND_LOG || kind == KIND_MERGED ? "" : "unknown segment kind " + kind;
    }
}
