package io.kvstore.internal.format;

import java.util.zip.CRC32C;

/**
 * What the fixed-size blocks at the start of files have in common: 64 bytes, of which the first 8 are a magic number,
 * the next 4 the format version, and the last 4 a CRC32C of the 60 before them.
 */
final class FixedBlock {
    static final int SIZE = 64;
    static final int MAGIC = 0;
    static final int VERSION = 8;
    static final int CHECKSUM = 60;

    private FixedBlock() {}

    static byte[] start(long magic) {
        byte[] block = new byte[SIZE];
        LittleEndian.putLong(block, MAGIC, magic);
        LittleEndian.putInt(block, VERSION, FormatVersion.CURRENT);
        return block;
    }

    static byte[] seal(byte[] block) {
        LittleEndian.putInt(block, CHECKSUM, checksum(block));
        return block;
    }

    static boolean hasMagic(byte[] block, int length, long magic) {
        return length >= MAGIC + 8 && LittleEndian.getLong(block, MAGIC) == magic;
    }

    static boolean isIntact(byte[] block, int length) {
        return length >= SIZE && LittleEndian.getInt(block, CHECKSUM) == checksum(block);
    }

    private static int checksum(byte[] block) {
        CRC32C crc = new CRC32C();
        crc.update(block, 0, CHECKSUM);
        return (int) crc.getValue();
    }
}
