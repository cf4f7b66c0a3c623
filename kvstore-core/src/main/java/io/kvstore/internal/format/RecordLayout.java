package io.kvstore.internal.format;

/**
 * One record of a segment: a header of 28 bytes, then expiry if flagged, key, value, and zeros up to a multiple of 8.
 * Records start at multiples of 8.
 *
 * <pre>
 *   0  u64  sequence number
 *   8  u32  synced: offset in this segment, in units of 8 bytes, below which the log was known to be on stable
 *           storage when this was written; 8 (the end of the segment header) says so of all segments before; 0 of nothing
 *  12  u32  value length
 *  16  u32  bucket id
 *  20  u16  key length
 *  22  u8   kind
 *  23  u8   flags
 *  24  u32  CRC32C of: everything behind the header, the position token (8 bytes, not stored), header bytes 0 to 23
 *  28  [u64 expiry, milliseconds since 1970 UTC, if flag 1]  key  value  zeros
 * </pre>
 *
 * <p>The position token ties a record to its place: see {@link #token}. A record that was copied to another place, or
 * that is part of a value, is not taken for one.
 */
public final class RecordLayout {
    /** Offset of the sequence number. */
    public static final int SEQUENCE = 0;

    /** Offset of the synced-up-to mark. */
    public static final int SYNCED = 8;

    /** Offset of the length of the value. */
    public static final int VALUE_LENGTH = 12;

    /** Offset of the bucket id. */
    public static final int BUCKET = 16;

    /** Offset of the length of the key. */
    public static final int KEY_LENGTH = 20;

    /** Offset of the kind. */
    public static final int KIND = 22;

    /** Offset of the flags. */
    public static final int FLAGS = 23;

    /** Offset of the checksum, and the end of what it covers of the header. */
    public static final int CHECKSUM = 24;

    /** The length of the header. */
    public static final int HEADER_SIZE = 28;

    /** Records start at multiples of this. */
    public static final int ALIGNMENT = 8;

    /** Key and value. */
    public static final int KIND_PUT = 1;

    /** The key was removed. */
    public static final int KIND_TOMBSTONE = 2;

    /** A bucket was made: its id, and its name as the key. */
    public static final int KIND_BUCKET = 3;

    /** A bucket was dropped with all its entries: its id, and its name as the key. */
    public static final int KIND_BUCKET_DROP = 4;

    /**
     * The segment ends here. Its value is the number of the segment in which the log goes on as a u32, none at the end
     * of a merged segment. Sequence number is the highest in the segment, or that of the record before in the log.
     */
    public static final int KIND_SEAL = 5;

    /** Flag: an expiry of 8 bytes stands in front of the key. */
    public static final int FLAG_EXPIRY = 1;

    /**
     * Flag: the next record of the segment belongs to the same batch; the last record of a batch, and any other, is
     * without it. A batch lies in one segment of the log, and counts only if it is whole. Copies in merged segments are
     * without it.
     */
    public static final int FLAG_BATCH_CONTINUES = 2;

    /** The flags that may be set in this version. */
    public static final int KNOWN_FLAGS = FLAG_EXPIRY | FLAG_BATCH_CONTINUES;

    /** The length of the expiry of a record that has one. */
    public static final int EXPIRY_SIZE = 8;

    /** The longest key in bytes. */
    public static final int MAX_KEY_LENGTH = 65_535;

    /** Records start below this offset, the reach of a location in the index. */
    public static final int OFFSET_LIMIT = 512 << 20;

    /** The size of the smallest record: of an empty key, without a value. */
    public static final int LEAST_SIZE = 32;

    /** The size of a seal record, with or without the number of the next segment. */
    public static final int SEAL_SIZE = 32;

    /** The value of the synced-up-to mark that says that all segments before this one are on stable storage. */
    public static final int SYNCED_BEFORE = SegmentHeader.SIZE / ALIGNMENT;

    private RecordLayout() {}

    /**
     * The size of a record on disk.
     *
     * @param flags of the record
     * @param keyLength bytes
     * @param valueLength bytes
     * @return bytes, a multiple of 8
     */
    public static long size(int flags, int keyLength, long valueLength) {
        return align(HEADER_SIZE + expirySize(flags) + keyLength + valueLength);
    }

    /**
     * The bytes between the header and the key.
     *
     * @param flags of the record
     * @return bytes: {@link #EXPIRY_SIZE} or 0
     */
    public static int expirySize(int flags) {
        return (flags & FLAG_EXPIRY) == 0 ? 0 : EXPIRY_SIZE;
    }

    /**
     * Rounds up to {@link #ALIGNMENT}.
     *
     * @param size bytes
     * @return bytes
     */
    public static long align(long size) {
        return (size + (ALIGNMENT - 1)) & -ALIGNMENT;
    }

    /**
     * What the checksum of a record takes in of its place.
     *
     * @param salt of the segment; see {@link #salt}
     * @param offset of the record in the segment file
     * @return the token, as a little-endian u64
     */
    public static long token(long salt, int offset) {
        return salt + offset;
    }

    /**
     * The salt of a segment: the finalizer of MurmurHash3 over the store's hash secret, the segment's number and its
     * nonce.
     *
     * @param secret0 first half of the hash secret
     * @param secret1 second half
     * @param number of the segment
     * @param nonce of the segment
     * @return the salt
     */
    public static long salt(long secret0, long secret1, int number, long nonce) {
        long z = secret0 + nonce + number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return (z ^ (z >>> 33)) ^ secret1;
    }

    /**
     * Whether a kind is one of this version.
     *
     * @param kind the byte
     * @return true if it is
     */
    public static boolean isKind(int kind) {
        return kind >= KIND_PUT && kind <= KIND_SEAL;
    }
}
