package io.kvstore.internal.format;

import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The layout of a hint file: what the index needs of one sealed segment, without the values. Entries are sorted by
 * hash, one for each key of the segment, so that threads can load a range each, and one key can be looked up.
 *
 * <pre>
 *   head, 64 bytes
 *     0  u64  magic "KVHINTF\0"
 *     8  u32  format version
 *    12  u32  segment number
 *    16  u128 store id
 *    32  u64  nonce of the segment
 *    40  u32  end of the segment's records, the seal included
 *    44  u32  length of the description
 *    48  u32  number of entries
 *    52  u32  CRC32C of the description
 *    56  u32  CRC32C of the filter
 *    60  u32  CRC32C of bytes 0 to 59
 *   description, see {@code HintFile}; zeros up to a multiple of 8
 *   filter: u64 words, see {@code KeyFilter}
 *   blocks of 4096 bytes, each:
 *     0  u32  CRC32C of bytes 4 to 4095
 *     4  u32  number of the block, from 0 on
 *     8       zero
 *    16       entries of 24 bytes, see {@link HintEntry}; zeros
 * </pre>
 */
public final class HintLayout {
    /** The length of the head in bytes. */
    public static final int HEAD_SIZE = FixedBlock.SIZE;

    /** The length of a block in bytes. */
    public static final int BLOCK_SIZE = 4096;

    /** Where the entries of a block start. */
    public static final int BLOCK_HEAD = 16;

    /** The length of an entry in bytes. */
    public static final int ENTRY_SIZE = 24;

    /** How many entries a full block has. */
    public static final int BLOCK_ENTRIES = (BLOCK_SIZE - BLOCK_HEAD) / ENTRY_SIZE;

    /** Offset of the number of a block in it; its checksum covers all from here on. */
    public static final int BLOCK_NUMBER = 4;

    private static final long MAGIC = 0x0046544E4948564BL;
    private static final int NUMBER = 12;
    private static final int STORE_ID = 16;
    private static final int NONCE = 32;
    private static final int END = 40;
    private static final int DESCRIPTION_LENGTH = 44;
    private static final int ENTRIES = 48;
    private static final int DESCRIPTION_CHECKSUM = 52;
    private static final int FILTER_CHECKSUM = 56;

    private HintLayout() {}

    /**
     * The checksum that a block should have.
     *
     * @param bytes hold the block
     * @param offset of its first byte
     * @return CRC32C
     */
    public static int blockChecksum(byte[] bytes, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + BLOCK_NUMBER, BLOCK_SIZE - BLOCK_NUMBER);
        return (int) crc.getValue();
    }

    /**
     * The head of a hint file.
     *
     * @param segment number of its segment
     * @param nonce of its segment
     * @param end of the segment's records
     * @param descriptionLength bytes, before the padding
     * @param entries how many
     * @param descriptionChecksum CRC32C
     * @param filterChecksum CRC32C
     */
    public record Head(
            int segment,
            long nonce,
            int end,
            int descriptionLength,
            int entries,
            int descriptionChecksum,
            int filterChecksum) {
        /**
         * The bytes of the head.
         *
         * @param storeId of the store
         * @return a new array of {@link #HEAD_SIZE} bytes
         */
        public byte[] encode(UUID storeId) {
            byte[] block = FixedBlock.start(MAGIC);
            LittleEndian.putInt(block, NUMBER, segment);
            LittleEndian.putLong(block, STORE_ID, storeId.getMostSignificantBits());
            LittleEndian.putLong(block, STORE_ID + 8, storeId.getLeastSignificantBits());
            LittleEndian.putLong(block, NONCE, nonce);
            LittleEndian.putInt(block, END, end);
            LittleEndian.putInt(block, DESCRIPTION_LENGTH, descriptionLength);
            LittleEndian.putInt(block, ENTRIES, entries);
            LittleEndian.putInt(block, DESCRIPTION_CHECKSUM, descriptionChecksum);
            LittleEndian.putInt(block, FILTER_CHECKSUM, filterChecksum);
            return FixedBlock.seal(block);
        }

        /**
         * Where the filter starts.
         *
         * @return offset in the file
         */
        public long filterOffset() {
            return RecordLayout.align(HEAD_SIZE + (long) descriptionLength);
        }

        /**
         * Where the blocks start.
         *
         * @return offset in the file
         */
        public long blocksOffset() {
            return filterOffset() + 8L * KeyFilter.words(entries);
        }

        /**
         * How many blocks there are.
         *
         * @return the count
         */
        public int blocks() {
            return HintLayout.blocks(entries);
        }

        /**
         * The length of the file.
         *
         * @return bytes
         */
        public long fileLength() {
            return blocksOffset() + (long) blocks() * BLOCK_SIZE;
        }
    }

    /**
     * Whether a head is whole, of this version, and of the store.
     *
     * @param block the first bytes of the file
     * @param length how many there are
     * @param storeId of the store
     * @return true if {@link #decode} may be called; a hint that is not is as good as none
     */
    public static boolean isIntact(byte[] block, int length, UUID storeId) {
        return FixedBlock.hasMagic(block, length, MAGIC)
                && FixedBlock.isIntact(block, length)
                && LittleEndian.getInt(block, FixedBlock.VERSION) == FormatVersion.CURRENT
                && LittleEndian.getLong(block, STORE_ID) == storeId.getMostSignificantBits()
                && LittleEndian.getLong(block, STORE_ID + 8) == storeId.getLeastSignificantBits()
                && LittleEndian.getInt(block, ENTRIES) >= 0
                && LittleEndian.getInt(block, DESCRIPTION_LENGTH) >= 0;
    }

    /**
     * Reads a head.
     *
     * @param block its bytes
     * @return what it says
     */
    public static Head decode(byte[] block) {
        return new Head(
                LittleEndian.getInt(block, NUMBER),
                LittleEndian.getLong(block, NONCE),
                LittleEndian.getInt(block, END),
                LittleEndian.getInt(block, DESCRIPTION_LENGTH),
                LittleEndian.getInt(block, ENTRIES),
                LittleEndian.getInt(block, DESCRIPTION_CHECKSUM),
                LittleEndian.getInt(block, FILTER_CHECKSUM));
    }

    /**
     * How many blocks hold some entries.
     *
     * @param entries how many
     * @return the count
     */
    public static int blocks(int entries) {
        return (int) (((long) entries + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES);
    }
}
