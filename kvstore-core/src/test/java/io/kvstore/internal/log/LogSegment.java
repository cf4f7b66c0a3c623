package io.kvstore.internal.log;

import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.testing.Bytes;
import java.io.IOException;

/** Writes a segment of the log record by record, for tests of what reads it. */
public final class LogSegment {
    private static final byte[] NOTHING = {};

    private final Segment segment;
    private long sequence;

    public LogSegment(SegmentFiles files, int capacity, long base) throws IOException {
        int number = files.nextNumber();
        segment = files.create(number, number, capacity);
        segment.setBase(base);
        sequence = base;
    }

    public Segment segment() {
        return segment;
    }

    public long sequence() {
        return sequence;
    }

    /** Leaves out a sequence number. */
    public void skipSequence() {
        sequence++;
    }

    public int put(String key, int bucket, int valueLength) throws IOException {
        return put(key, bucket, valueLength, RecordBuffer.NO_EXPIRY, false);
    }

    /** Returns the offset of the record, as all of these do. */
    public int put(String key, int bucket, int valueLength, long expiryMillis, boolean batchContinues)
            throws IOException {
        RecordBuffer record =
                new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of(key), new byte[valueLength], expiryMillis);
        record.setBatchContinues(batchContinues);
        return append(record, ++sequence, bucket);
    }

    public int put(String key, byte[] value) throws IOException {
        return append(new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of(key), value), ++sequence, 0);
    }

    public int delete(String key, int bucket) throws IOException {
        return append(RecordLayout.KIND_TOMBSTONE, Bytes.of(key), bucket);
    }

    public int append(int kind, byte[] key, int bucket) throws IOException {
        return append(new RecordBuffer().encode(kind, key, NOTHING), ++sequence, bucket);
    }

    public int seal(int next) throws IOException {
        byte[] number = new byte[4];
        LittleEndian.putInt(number, 0, next);
        return append(new RecordBuffer().encode(RecordLayout.KIND_SEAL, NOTHING, number), sequence, 0);
    }

    private int append(RecordBuffer record, long number, int bucket) throws IOException {
        int offset = segment.end();
        segment.reserve((long) offset + record.size());
        segment.append(record, number, 0, bucket);
        return offset;
    }
}
