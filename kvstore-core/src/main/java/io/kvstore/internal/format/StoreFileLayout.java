package io.kvstore.internal.format;

import io.kvstore.KVCorruptionException;
import java.util.UUID;

/**
 * The store file: 64 bytes that say that a directory is a store, and which.
 *
 * <pre>
 *   0  u64  magic "KVSTORE\0"
 *   8  u32  format version
 *  12  u32  zero
 *  16  u128 store id (random)
 *  32  u128 hash secret (random)
 *  48  u64  creation time, milliseconds since 1970 UTC
 *  56  u32  zero
 *  60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * @param storeId tells stores apart; segments of another store are refused
 * @param secret0 first half of the secret that keys the hash of the index
 * @param secret1 second half
 * @param createdMillis since 1970 UTC
 */
public record StoreFileLayout(UUID storeId, long secret0, long secret1, long createdMillis) {
    /** The length of the file in bytes. */
    public static final int SIZE = FixedBlock.SIZE;

    private static final long MAGIC = 0x0045524F5453564BL;
    private static final int STORE_ID = 16;
    private static final int SECRET = 32;
    private static final int CREATED = 48;

    /**
     * The bytes of the file.
     *
     * @return a new array of {@link #SIZE} bytes
     */
    public byte[] encode() {
        byte[] block = FixedBlock.start(MAGIC);
        LittleEndian.putLong(block, STORE_ID, storeId.getMostSignificantBits());
        LittleEndian.putLong(block, STORE_ID + 8, storeId.getLeastSignificantBits());
        LittleEndian.putLong(block, SECRET, secret0);
        LittleEndian.putLong(block, SECRET + 8, secret1);
        LittleEndian.putLong(block, CREATED, createdMillis);
        return FixedBlock.seal(block);
    }

    /**
     * Reads the file.
     *
     * @param file for messages
     * @param block its bytes
     * @param length how many there were
     * @return what it says
     * @throws KVCorruptionException if it is damaged
     * @throws io.kvstore.KVException if its format version is not ours
     */
    public static StoreFileLayout decode(String file, byte[] block, int length) {
        if (!FixedBlock.hasMagic(block, length, MAGIC)) {
            throw new KVCorruptionException(
                    file + ": no store file magic at offset 0: restore the file from a backup of this store", null);
        }
        if (!FixedBlock.isIntact(block, length)) {
            throw new KVCorruptionException(
                    file + ": checksum mismatch at offset 0: restore the file from a backup of this store", null);
        }
        FormatVersion.require(file, LittleEndian.getInt(block, FixedBlock.VERSION));
        return new StoreFileLayout(
                new UUID(LittleEndian.getLong(block, STORE_ID), LittleEndian.getLong(block, STORE_ID + 8)),
                LittleEndian.getLong(block, SECRET),
                LittleEndian.getLong(block, SECRET + 8),
                LittleEndian.getLong(block, CREATED));
    }
}
