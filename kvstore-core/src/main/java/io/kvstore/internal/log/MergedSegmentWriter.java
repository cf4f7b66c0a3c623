package io.kvstore.internal.log;

import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import java.io.IOException;

/**
 * Writes a segment of records that are copied from others, front to back. They keep their sequence numbers and get a
 * checksum for their new place. Owns the file until {@link #finish} or {@link #close}.
 *
 * <p>Belongs to one thread. Nobody reads the segment before it is finished.
 */
public final class MergedSegmentWriter implements AutoCloseable {
    /** As much as the log reserves at once, and for the same reason: huge pages for those that read it later. */
    private static final int BUFFER_SIZE = ReservedSpace.CHUNK;

    private final StoreFile file;
    private final SegmentHeader header;
    private final long salt;
    private final RecordBuffer record = new RecordBuffer();
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int buffered;
    private long flushed;
    private long lastSequence;
    private boolean closed;

    MergedSegmentWriter(StoreFile file, SegmentHeader header, byte[] encodedHeader, long salt) {
        this.file = file;
        this.header = header;
        this.salt = salt;
        System.arraycopy(encodedHeader, 0, buffer, 0, encodedHeader.length);
        buffered = encodedHeader.length;
    }

    /**
     * The header of the segment.
     *
     * @return kind, number and nonce
     */
    public SegmentHeader header() {
        return header;
    }

    /**
     * The name of the file.
     *
     * @return a plain file name
     */
    public String fileName() {
        return FileNames.segment(header.number());
    }

    /**
     * Where the next record goes.
     *
     * @return bytes from the start of the file
     */
    public long offset() {
        return flushed + buffered;
    }

    /**
     * Whether a record fits.
     *
     * @param size of the record
     * @param segmentSize the size that the segment should not exceed, unless for a single record
     * @return true if it does
     */
    public boolean hasRoom(long size, long segmentSize) {
        long needed = offset() + size + RecordLayout.SEAL_SIZE;
        return offset() == SegmentHeader.SIZE
                || (needed <= segmentSize && offset() + size <= RecordLayout.OFFSET_LIMIT);
    }

    /**
     * Appends a copy of a record.
     *
     * @param source has the record, checked
     * @param index of its header
     * @param size of the record
     * @return its offset in this segment
     * @throws IOException if the file cannot be written
     */
    public int append(byte[] source, int index, int size) throws IOException {
        return write(
                record.copy(source, index, size),
                LittleEndian.getLong(source, index + RecordLayout.SEQUENCE),
                LittleEndian.getInt(source, index + RecordLayout.BUCKET));
    }

    /**
     * Appends a record that takes the place of another.
     *
     * @param encoded the record
     * @param sequence the number of the other
     * @param bucket of the other
     * @return its offset in this segment
     * @throws IOException if the file cannot be written
     */
    public int append(RecordBuffer encoded, long sequence, int bucket) throws IOException {
        return write(encoded, sequence, bucket);
    }

    private int write(RecordBuffer placed, long sequence, int bucket) throws IOException {
        int offset = (int) offset();
        placed.place(sequence, 0, bucket, RecordLayout.token(salt, offset));
        int size = placed.size();
        int done = 0;
        while (done < size) {
            int n = Math.min(size - done, BUFFER_SIZE - buffered);
            System.arraycopy(placed.bytes(), RecordBuffer.HEADER + done, buffer, buffered, n);
            buffered += n;
            done += n;
            if (buffered == BUFFER_SIZE) {
                flush();
            }
        }
        placed.trim();
        lastSequence = Math.max(lastSequence, sequence);
        return offset;
    }

    private void flush() throws IOException {
        file.write(flushed, buffer, 0, buffered);
        flushed += buffered;
        buffered = 0;
    }

    /**
     * Seals the segment and makes it durable, but for its name.
     *
     * @return where its records end, the seal included
     * @throws IOException if that fails
     */
    public int finish() throws IOException {
        write(record.encode(RecordLayout.KIND_SEAL, new byte[0], new byte[0]), lastSequence, 0);
        flush();
        file.force();
        close();
        return (int) flushed;
    }

    /** Closes the file; idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            file.close();
        }
    }
}
