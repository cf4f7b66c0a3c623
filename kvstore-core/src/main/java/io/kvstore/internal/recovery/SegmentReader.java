package io.kvstore.internal.recovery;

import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.recovery.SegmentScanner.End;
import java.io.IOException;

/** Reads a whole segment into a summary and its entries. Belongs to one thread. */
public final class SegmentReader {
    private final KeyHash hash;

    /**
     * A reader.
     *
     * @param hash of keys
     */
    public SegmentReader(KeyHash hash) {
        this.hash = hash;
    }

    /**
     * A segment that was read.
     *
     * @param summary of its records
     * @param entries of its keys
     * @param end where the intact records end
     */
    public record Contents(SegmentSummary summary, SortedEntries entries, End end) {}

    /** A record that is intact, and says what no version writes. */
    static final class NonsenseException extends IOException {
        private static final long serialVersionUID = 1L;

        final int offset;

        NonsenseException(int offset, String message) {
            super(message);
            this.offset = offset;
        }
    }

    /**
     * Reads a segment as far as its records are intact, and their batches whole.
     *
     * @param window on the file
     * @param header of the segment
     * @param salt of the segment
     * @param base number of the last record before, if it is of the log
     * @return what it holds
     * @throws IOException if it cannot be read, or holds a record that no version writes
     */
    public Contents read(SegmentWindow window, SegmentHeader header, long salt, long base) throws IOException {
        Contents contents = read(window, header, salt, base, Integer.MAX_VALUE);
        int whole = contents.end().whole();
        // What a crash has left of a batch is read once more without it: rare, and simpler than to take it back.
        return whole == contents.end().offset() ? contents : read(window, header, salt, base, whole);
    }

    private Contents read(SegmentWindow window, SegmentHeader header, long salt, long base, int limit)
            throws IOException {
        boolean ordered = header.kind() == SegmentHeader.KIND_LOG;
        SummaryBuilder builder = new SummaryBuilder(header, ordered ? base : 0);
        End end = SegmentScanner.scan(
                window,
                salt,
                ordered,
                ordered ? base : 0,
                limit,
                (source, index, offset, size) -> add(builder, source.bytes(), index, offset, size));
        return new Contents(builder.build(end.offset(), end.next()), builder.sort(), end);
    }

    /**
     * Adds a record to a summary.
     *
     * @param builder takes it
     * @param bytes holds header and key, and the expiry
     * @param header index of the header
     * @param offset of the record in its segment
     * @param size of the record
     * @throws IOException if no version writes such a record
     */
    public void add(SummaryBuilder builder, byte[] bytes, int header, int offset, long size) throws IOException {
        int kind = bytes[header + RecordLayout.KIND];
        int flags = bytes[header + RecordLayout.FLAGS];
        int bucket = LittleEndian.getInt(bytes, header + RecordLayout.BUCKET);
        long sequence = LittleEndian.getLong(bytes, header + RecordLayout.SEQUENCE);
        int body = header + RecordLayout.HEADER_SIZE;
        int key = body + RecordLayout.expirySize(flags);
        int keyLength = LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH);
        if (kind == RecordLayout.KIND_PUT || kind == RecordLayout.KIND_TOMBSTONE) {
            KeyHash.Hash hashed = hash.hash(bytes, key, keyLength);
            if (key > body && kind == RecordLayout.KIND_PUT) {
                builder.addExpiring(hashed, bucket, offset, size, sequence, LittleEndian.getLong(bytes, body));
            } else {
                builder.add(kind == RecordLayout.KIND_TOMBSTONE, hashed, bucket, offset, size, sequence);
            }
            return;
        }
        String name = BucketNames.decode(bytes, key, keyLength);
        if (name == null) {
            throw new NonsenseException(offset, "a bucket name that is not 1 to 255 bytes of UTF-8");
        }
        builder.addEvent(kind == RecordLayout.KIND_BUCKET_DROP, bucket, name, size, sequence);
    }
}
