package io.kvstore.internal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/** What tests do to blocks of 64 bytes; reads and writes them on its own, without the classes under test. */
final class Blocks {
    static final UUID STORE = new UUID(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);
    static final UUID OTHER_STORE = new UUID(0x0123456789ABCDEFL, 0xFEDCBA9876543211L);

    static final int VERSION = 8;

    private Blocks() {}

    static byte[] withByteFlipped(byte[] block, int index, int mask) {
        byte[] damaged = block.clone();
        damaged[index] ^= (byte) mask;
        return damaged;
    }

    /** With other content, and the checksum that a writer of such content would have given it. */
    static byte[] withInt(byte[] block, int index, int value) {
        byte[] changed = block.clone();
        fields(changed).putInt(index, value).putInt(60, checksum(changed));
        return changed;
    }

    static ByteBuffer fields(byte[] block) {
        return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    }

    static String magic(byte[] block) {
        return new String(block, 0, 8, US_ASCII);
    }

    static int checksum(byte[] block) {
        return checksum(block, 0, 60);
    }

    static int checksum(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
