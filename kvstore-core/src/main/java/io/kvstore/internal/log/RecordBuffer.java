package io.kvstore.internal.log;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of one record on the heap, to write it or after reading it. The position token stands right before the
 * header, so that the checksum runs over both at once.
 *
 * <p>Belongs to one thread at a time, and is used again for the next record.
 */
public final class RecordBuffer {
    /** The expiry of a record that has none. */
    public static final long NO_EXPIRY = Long.MAX_VALUE;

    /** Index of the header in {@link #bytes}. */
    public static final int HEADER = 8;

    private static final int BODY = HEADER + RecordLayout.HEADER_SIZE;
    private static final int INITIAL_CAPACITY = 1024;

    /** A buffer that grew beyond this for a large value is not kept: values of 64 KiB are usual, and fit. */
    private static final int MAX_RETAINED = 128 << 10;

    private static final byte[] NO_BYTES = {};

    private final CRC32C crc = new CRC32C();
    private byte[] bytes;

    /** Where in the active segment all but the header was written already; 0 if nowhere. */
    private int bodyAt;

    /** A buffer with room for a small record. */
    public RecordBuffer() {
        this(INITIAL_CAPACITY);
    }

    private RecordBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /**
     * Encodes a record in a buffer of its size.
     *
     * @param kind one of the kinds of {@link RecordLayout}
     * @param key at most {@link RecordLayout#MAX_KEY_LENGTH} bytes
     * @param value at most 1 GiB
     * @param expiryMillis since 1970 UTC, or {@link #NO_EXPIRY}
     * @return a new buffer
     */
    public static RecordBuffer of(int kind, byte[] key, byte[] value, long expiryMillis) {
        long size = RecordLayout.size(flags(expiryMillis), key.length, value.length);
        return new RecordBuffer(HEADER + (int) size).encode(kind, key, value, expiryMillis);
    }

    /**
     * Encodes a record but for what is only known when its place is; the checksum of the body is taken here, outside of
     * the writers' critical section.
     *
     * @param kind one of the kinds of {@link RecordLayout}
     * @param key at most {@link RecordLayout#MAX_KEY_LENGTH} bytes
     * @param value at most 1 GiB
     * @return this
     */
    public RecordBuffer encode(int kind, byte[] key, byte[] value) {
        return encode(kind, key, value, NO_EXPIRY);
    }

    /**
     * As {@link #encode(int, byte[], byte[])}, with a time from which on the record does not count any more.
     *
     * @param kind one of the kinds of {@link RecordLayout}
     * @param key at most {@link RecordLayout#MAX_KEY_LENGTH} bytes
     * @param value at most 1 GiB
     * @param expiryMillis since 1970 UTC, or {@link #NO_EXPIRY}
     * @return this
     */
    public RecordBuffer encode(int kind, byte[] key, byte[] value, long expiryMillis) {
        int flags = flags(expiryMillis);
        int size = (int) RecordLayout.size(flags, key.length, value.length);
        bodyAt = 0;
        ensureCapacity(size);
        if (flags != 0) {
            LittleEndian.putLong(bytes, BODY, expiryMillis);
        }
        int keyStart = BODY + RecordLayout.expirySize(flags);
        int valueStart = keyStart + key.length;
        int end = HEADER + size;
        System.arraycopy(key, 0, bytes, keyStart, key.length);
        System.arraycopy(value, 0, bytes, valueStart, value.length);
        Arrays.fill(bytes, valueStart + value.length, end, (byte) 0);
        LittleEndian.putInt(bytes, HEADER + RecordLayout.VALUE_LENGTH, value.length);
        LittleEndian.putShort(bytes, HEADER + RecordLayout.KEY_LENGTH, key.length);
        bytes[HEADER + RecordLayout.KIND] = (byte) kind;
        bytes[HEADER + RecordLayout.FLAGS] = (byte) flags;
        return checkBody();
    }

    private static int flags(long expiryMillis) {
        return expiryMillis == NO_EXPIRY ? 0 : RecordLayout.FLAG_EXPIRY;
    }

    /**
     * Tells whether the next record of the segment belongs to the same batch; before the record gets its place.
     *
     * @param continues false for the last record of a batch
     */
    public void setBatchContinues(boolean continues) {
        int flags = flags() & ~RecordLayout.FLAG_BATCH_CONTINUES;
        bytes[HEADER + RecordLayout.FLAGS] = (byte) (continues ? flags | RecordLayout.FLAG_BATCH_CONTINUES : flags);
    }

    /** Takes the checksum of all behind the header. */
    private RecordBuffer checkBody() {
        crc.reset();
        crc.update(bytes, BODY, size() - RecordLayout.HEADER_SIZE);
        return this;
    }

    /**
     * Tells that the body is at its place in the active segment, until the next record is encoded.
     *
     * @param offset of the header, which is not there yet
     */
    void setBodyAt(int offset) {
        bodyAt = offset;
    }

    /** Whether the body is at its place already, if the record goes to an offset of the active segment. */
    boolean isBodyAt(int offset) {
        return bodyAt == offset;
    }

    /** Completes {@link #encode}: the record is then ready to be copied to its place. */
    void place(long sequence, int synced, int bucket, long token) {
        LittleEndian.putLong(bytes, 0, token);
        LittleEndian.putLong(bytes, HEADER + RecordLayout.SEQUENCE, sequence);
        LittleEndian.putInt(bytes, HEADER + RecordLayout.SYNCED, synced);
        LittleEndian.putInt(bytes, HEADER + RecordLayout.BUCKET, bucket);
        crc.update(bytes, 0, HEADER + RecordLayout.CHECKSUM);
        LittleEndian.putInt(bytes, HEADER + RecordLayout.CHECKSUM, (int) crc.getValue());
    }

    /**
     * Takes a record that was written elsewhere, to copy it to another place, where it is part of no batch.
     *
     * @param source has the record, checked
     * @param offset of its header
     * @param size of it
     * @return this, to be placed
     */
    public RecordBuffer copy(byte[] source, int offset, int size) {
        bodyAt = 0;
        ensureCapacity(size);
        System.arraycopy(source, offset, bytes, HEADER, size);
        setBatchContinues(false);
        return checkBody();
    }

    /** Whether the bytes that were read are a record that was written to this very place. */
    boolean isIntact(long token) {
        int body = size() - RecordLayout.HEADER_SIZE;
        LittleEndian.putLong(bytes, 0, token);
        crc.reset();
        crc.update(bytes, BODY, body);
        crc.update(bytes, 0, HEADER + RecordLayout.CHECKSUM);
        return (int) crc.getValue() == LittleEndian.getInt(bytes, HEADER + RecordLayout.CHECKSUM);
    }

    /**
     * The bytes of the record, from {@link #HEADER} on.
     *
     * @return not a copy; another array once the buffer has grown
     */
    public byte[] bytes() {
        return bytes;
    }

    /** Makes room for a record of some size; keeps what is there. */
    void ensureCapacity(int size) {
        int needed = HEADER + size;
        if (bytes.length < needed) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(needed, Math.max(INITIAL_CAPACITY, Math.min(2 * bytes.length, MAX_RETAINED))));
        }
    }

    /** Gives the memory of a large record back. Call it when done with the record. */
    public void trim() {
        if (bytes.length > MAX_RETAINED) {
            // Allocates nothing: this runs where memory has just become short.
            bytes = NO_BYTES;
        }
    }

    /**
     * The size of the record.
     *
     * @return bytes, a multiple of 8
     */
    public int size() {
        return (int) Math.min(Integer.MAX_VALUE & -RecordLayout.ALIGNMENT, claimedSize());
    }

    /** The size that the header claims, which may be nonsense before {@link #isIntact}. */
    long claimedSize() {
        return RecordLayout.size(flags(), keyLength(), Integer.toUnsignedLong(valueLength()));
    }

    /**
     * The kind.
     *
     * @return one of the kinds of {@link RecordLayout}, or nonsense before the record was checked
     */
    public int kind() {
        return bytes[HEADER + RecordLayout.KIND] & 0xFF;
    }

    /**
     * Whether it is a key with its value.
     *
     * @return false for a tombstone
     */
    public boolean isPut() {
        return kind() == RecordLayout.KIND_PUT;
    }

    int flags() {
        return bytes[HEADER + RecordLayout.FLAGS] & 0xFF;
    }

    /**
     * The sequence number.
     *
     * @return the number that orders the records of a key
     */
    public long sequence() {
        return LittleEndian.getLong(bytes, HEADER + RecordLayout.SEQUENCE);
    }

    /**
     * Whether the record does not count any more at a time.
     *
     * @param clock tells the time; only asked if the record has an expiry
     * @return true if its time has come
     */
    public boolean isExpired(ExpiryClock clock) {
        return (flags() & RecordLayout.FLAG_EXPIRY) != 0 && LittleEndian.getLong(bytes, BODY) <= clock.nowMillis();
    }

    /**
     * When the record ceases to count.
     *
     * @return milliseconds since 1970 UTC, or {@link #NO_EXPIRY}
     */
    public long expiryMillis() {
        return (flags() & RecordLayout.FLAG_EXPIRY) != 0 ? LittleEndian.getLong(bytes, BODY) : NO_EXPIRY;
    }

    private int keyStart() {
        return BODY + RecordLayout.expirySize(flags());
    }

    private int valueStart() {
        return keyStart() + keyLength();
    }

    /**
     * The length of the key.
     *
     * @return bytes
     */
    public int keyLength() {
        return LittleEndian.getUnsignedShort(bytes, HEADER + RecordLayout.KEY_LENGTH);
    }

    /**
     * The length of the value.
     *
     * @return bytes
     */
    public int valueLength() {
        return LittleEndian.getInt(bytes, HEADER + RecordLayout.VALUE_LENGTH);
    }

    /**
     * Whether the record is of this key.
     *
     * @param key to compare with
     * @return true if the bytes are equal
     */
    public boolean hasKey(byte[] key) {
        int start = keyStart();
        return Arrays.equals(bytes, start, start + keyLength(), key, 0, key.length);
    }

    /**
     * Whether the record has this value.
     *
     * @param value to compare with
     * @return true if the bytes are equal
     */
    public boolean hasValue(byte[] value) {
        int start = valueStart();
        return Arrays.equals(bytes, start, start + valueLength(), value, 0, value.length);
    }

    /**
     * A copy of the key.
     *
     * @return a new array
     */
    public byte[] key() {
        int start = keyStart();
        return Arrays.copyOfRange(bytes, start, start + keyLength());
    }

    /**
     * A copy of the value.
     *
     * @return a new array
     */
    public byte[] value() {
        int start = valueStart();
        return Arrays.copyOfRange(bytes, start, start + valueLength());
    }
}
