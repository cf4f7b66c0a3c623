package io.kvstore.internal.format;

import io.kvstore.KVCorruptionException;
import java.util.UUID;

/**
 * The clean mark: 64 bytes that a clean close leaves, with the exact end of the log. Where it is present, nothing that
 * the log lacks or has beyond is forgiven as the trace of a crash.
 *
 * <pre>
 *   0  u64  magic "KVCLEAN\0"
 *   8  u32  format version
 *  12  u32  number of the last segment
 *  16  u32  offset of the end of the log in it
 *  20  u32  zero
 *  24  u64  last sequence number
 *  32  u128 store id
 *  48       zero
 *  60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * @param segment number of the last segment
 * @param end offset in it at which the log ends
 * @param sequence the last sequence number that was given out
 */
public record CleanMarkLayout(int segment, int end, long sequence) {
    /** The length of the file in bytes. */
    public static final int SIZE = FixedBlock.SIZE;

    private static final long MAGIC = 0x004E41454C43564BL;
    private static final int SEGMENT = 12;
    private static final int END = 16;
    private static final int SEQUENCE = 24;
    private static final int STORE_ID = 32;

    /**
     * The bytes of the file.
     *
     * @param storeId of the store
     * @return a new array of {@link #SIZE} bytes
     */
    public byte[] encode(UUID storeId) {
        byte[] block = FixedBlock.start(MAGIC);
        LittleEndian.putInt(block, SEGMENT, segment);
        LittleEndian.putInt(block, END, end);
        LittleEndian.putLong(block, SEQUENCE, sequence);
        LittleEndian.putLong(block, STORE_ID, storeId.getMostSignificantBits());
        LittleEndian.putLong(block, STORE_ID + 8, storeId.getLeastSignificantBits());
        return FixedBlock.seal(block);
    }

    /**
     * Reads the file.
     *
     * @param file for messages
     * @param block its bytes
     * @param length how many there were
     * @param storeId of the store
     * @return what it says
     * @throws KVCorruptionException if it is damaged or of another store
     */
    public static CleanMarkLayout decode(String file, byte[] block, int length, UUID storeId) {
        if (!FixedBlock.hasMagic(block, length, MAGIC) || !FixedBlock.isIntact(block, length)) {
            throw damaged(file, "checksum mismatch at offset 0");
        }
        FormatVersion.require(file, LittleEndian.getInt(block, FixedBlock.VERSION));
        if (LittleEndian.getLong(block, STORE_ID) != storeId.getMostSignificantBits()
                || LittleEndian.getLong(block, STORE_ID + 8) != storeId.getLeastSignificantBits()) {
            throw damaged(file, "it belongs to another store (offset " + STORE_ID + ")");
        }
        return new CleanMarkLayout(
                LittleEndian.getInt(block, SEGMENT),
                LittleEndian.getInt(block, END),
                LittleEndian.getLong(block, SEQUENCE));
    }

    private static KVCorruptionException damaged(String file, String what) {
        return new KVCorruptionException(
                file + ": " + what
                        + ": " + DamageRemedy.BACKUP_OR_REPAIR
                        + "; if nothing else is damaged, it is enough to delete this file: the log is then read as"
                        + " after a crash, up to its first damaged record",
                null);
    }
}
