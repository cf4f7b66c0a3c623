package io.kvstore.internal.recovery;

import io.kvstore.KVCorruptionException;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.recovery.SegmentScanner.End;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads all segments in their order, hands out their records, and finds the end of the log. Changes nothing on disk,
 * but makes what it reads durable: the process that wrote it may have died before it could.
 *
 * <p>The log ends at the first place where no intact record follows. That is the trace of a crash, unless something
 * says that the place was on stable storage before: a record written later, or the clean mark. Then it is damage.
 */
final class LogScan {
    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final KeyHash hash;
    private final @Nullable CleanMarkLayout mark;
    private final BatchSink sink;

    private final List<End> ends = new ArrayList<>();
    private RecordBatch batch = new RecordBatch();
    private long sequence;
    private long records;

    LogScan(
            StoreDirectory directory,
            StoreFileLayout store,
            KeyHash hash,
            @Nullable CleanMarkLayout mark,
            BatchSink sink) {
        this.directory = directory;
        this.store = store;
        this.hash = hash;
        this.mark = mark;
        this.sink = sink;
    }

    /** Takes the records, batch by batch, in the order of the log. */
    interface BatchSink {
        void accept(RecordBatch batch);
    }

    /**
     * What the scan found.
     *
     * @param segments where each segment that counts ends, by slot; numbers start at 1
     * @param present how many segment files there are; those that do not count are to be removed
     * @param sequence the last sequence number
     * @param records how many records were read
     * @param discarded whether bytes other than zeros lie beyond the end of the log
     */
    record Result(List<End> segments, int present, long sequence, long records, boolean discarded) {
        /** Whether the last segment that counts is sealed, so that the log goes on in one that has to be made anew. */
        boolean complete() {
            return segments.isEmpty() || segments.get(segments.size() - 1).sealed();
        }
    }

    Result run() throws IOException {
        int present = requireContiguous(segmentNumbers());
        boolean discarded = false;
        boolean complete = true;
        SegmentWindow window = null;
        for (int number = 1; number <= present && complete; number++) {
            try (StoreFile file = directory.open(FileNames.segment(number))) {
                if (window == null) {
                    window = new SegmentWindow(file);
                } else {
                    window.moveTo(file);
                }
                complete = hasHeader(window, number) && scan(window, number).sealed();
                if (!complete) {
                    discarded = requireTornTail(window, number, present);
                }
                if (mark == null) {
                    file.force();
                }
            }
        }
        if (complete) {
            throw damaged(present + 1, 0, "the segment is missing");
        }
        if (batch.count > 0) {
            sink.accept(batch);
        }
        return new Result(ends, present, sequence, records, discarded);
    }

    private List<Integer> segmentNumbers() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (String name : directory.list()) {
            FileNames.segmentNumber(name).ifPresent(numbers::add);
        }
        numbers.sort(null);
        return numbers;
    }

    private int requireContiguous(List<Integer> numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            if (numbers.get(i) != i + 1) {
                throw damaged(i + 1, 0, "the segment is missing");
            }
        }
        return numbers.size();
    }

    /**
     * Whether a segment has its header; false for one that was cut off in front of its first record. The header was on
     * stable storage before the segment got records, so any other defect is damage.
     */
    private boolean hasHeader(SegmentWindow window, int number) throws IOException {
        int length = (int) Math.min(window.fileLength(), SegmentHeader.SIZE);
        byte[] header = new byte[SegmentHeader.SIZE];
        System.arraycopy(window.bytes(), window.load(0, length), header, 0, length);
        String defect = SegmentHeader.defect(path(number), header, length, number, store.storeId());
        if (defect.isEmpty()) {
            return true;
        }
        if (mark != null || length == SegmentHeader.SIZE) {
            throw damaged(number, 0, defect);
        }
        return false;
    }

    private End scan(SegmentWindow window, int number) throws IOException {
        int slot = number - 1;
        End end = SegmentScanner.scan(
                window,
                salt(number),
                sequence,
                (source, header, offset, size) -> add(source, header, slot, offset, size));
        ends.add(end);
        sequence = end.sequence();
        records += end.records();
        return end;
    }

    private void add(SegmentWindow window, int header, int slot, int offset, long size) {
        byte[] bytes = window.bytes();
        int kind = bytes[header + RecordLayout.KIND];
        int bucket = LittleEndian.getInt(bytes, header + RecordLayout.BUCKET);
        int key = header + RecordLayout.HEADER_SIZE;
        int keyLength = LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH);
        long location = Location.of(slot, offset, size);
        if (kind == RecordLayout.KIND_PUT || kind == RecordLayout.KIND_TOMBSTONE) {
            batch.add(kind, bucket, location, hash.hash(bytes, key, keyLength), null);
        } else {
            String name = BucketNames.decode(bytes, key, keyLength);
            if (name == null) {
                throw damaged(slot + 1, offset, "a bucket name that is not 1 to 255 bytes of UTF-8");
            }
            batch.add(kind, bucket, location, null, name);
        }
        if (batch.isFull()) {
            sink.accept(batch);
            batch = new RecordBatch();
        }
    }

    /**
     * Makes sure that what is missing at the end of the log was not on stable storage; returns whether anything but
     * zeros lies beyond it.
     */
    private boolean requireTornTail(SegmentWindow window, int number, int present) throws IOException {
        boolean headless = ends.size() < number;
        int offset = headless ? 0 : ends.get(number - 1).offset();
        requireMark(window, number, offset);
        boolean discarded = !window.isZeroFrom(offset);
        if (discarded && !headless) {
            requireNoProof(window, number, offset, number, offset + RecordLayout.ALIGNMENT);
        }
        for (int later = number + 1; later <= present; later++) {
            try (StoreFile file = directory.open(FileNames.segment(later))) {
                window.moveTo(file);
                discarded |= !window.isZeroFrom(Math.min(SegmentHeader.SIZE, window.fileLength()));
                requireNoProof(window, number, offset, later, SegmentHeader.SIZE);
            }
        }
        return discarded;
    }

    /** Nothing in a segment may say that the end of the log, at an offset of segment {@code number}, is no end. */
    private void requireNoProof(SegmentWindow window, int number, int offset, int searched, int leastSynced)
            throws IOException {
        long from = searched == number ? offset : SegmentHeader.SIZE;
        OptionalLong proof = DamageSearch.findRecord(window, salt(searched), from, leastSynced, sequence);
        if (proof.isPresent()) {
            throw damaged(
                    number,
                    offset,
                    "damaged record, which was on stable storage when the record at offset " + proof.getAsLong()
                            + " of " + FileNames.segment(searched) + " was written");
        }
    }

    private void requireMark(SegmentWindow window, int number, int offset) {
        if (mark == null) {
            return;
        }
        String found = "the log ends at offset " + offset + " of segment " + number + " with record " + sequence
                + ", but the store was closed cleanly with its end at offset " + mark.end() + " of segment "
                + mark.segment() + " with record " + mark.sequence();
        if (mark.segment() != number || mark.end() != offset || mark.sequence() != sequence) {
            throw damaged(
                    number,
                    offset,
                    found,
                    "restore a backup; or copy the directory, and then give up for good all records after number "
                            + sequence + ": delete " + directory.path().resolve(FileNames.CLEAN_MARK)
                            + " and open the store");
        }
        if (window.fileLength() > offset) {
            throw damaged(number, offset, "the file goes on behind the end of the log; " + found);
        }
    }

    private long salt(int number) {
        return RecordLayout.salt(store.secret0(), store.secret1(), number);
    }

    private String path(int number) {
        return directory.path().resolve(FileNames.segment(number)).toString();
    }

    private KVCorruptionException damaged(int number, long offset, String what) {
        return damaged(number, offset, what, "restore a backup");
    }

    private KVCorruptionException damaged(int number, long offset, String what, String remedy) {
        return new KVCorruptionException(
                "segment " + number + " (" + path(number) + "), offset " + offset + ": " + what + ": " + remedy, null);
    }
}
