package io.kvstore.internal.log;

import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import java.io.IOException;

/** Makes segment files and opens them. Thread-safe. */
public final class SegmentFiles {
    private final StoreDirectory directory;
    private final StoreFileLayout store;

    /**
     * Segments of one store.
     *
     * @param directory where they are
     * @param store which store
     */
    public SegmentFiles(StoreDirectory directory, StoreFileLayout store) {
        this.directory = directory;
        this.store = store;
    }

    /**
     * Makes an empty segment: header and name are on stable storage when this returns.
     *
     * <p>Crash story: a file with no header, or with a header and no record, is an empty segment behind the end of the
     * log; recovery removes it.
     *
     * @param number of the segment; no file of it exists
     * @param slot that it gets
     * @param capacity bytes, the header included
     * @return the segment, to append to
     * @throws IOException if it cannot be made; nothing is left of it then
     */
    public Segment create(int number, int slot, int capacity) throws IOException {
        String name = FileNames.segment(number);
        StoreFile file = directory.create(name);
        boolean created = false;
        try {
            file.write(0, SegmentHeader.encode(number, store.storeId()), 0, SegmentHeader.SIZE);
            MappedRegion region = file.map(capacity, true);
            Segment segment = segment(number, slot, file, region, SegmentHeader.SIZE, SegmentHeader.SIZE);
            segment.reserve(Math.min(capacity, SegmentHeader.SIZE + RecordLayout.SEAL_SIZE));
            file.force();
            directory.sync();
            created = true;
            return segment;
        } finally {
            if (!created) {
                file.close();
                directory.delete(name);
            }
        }
    }

    /** Removes a segment that no record was ever written to; what was reserved in it is free at once. */
    void discard(Segment unused) throws IOException {
        unused.emptyAndClose();
        directory.delete(FileNames.segment(unused.number()));
    }

    /**
     * Opens a segment that recovery has read, all of it on stable storage. One that nothing is appended to any more is
     * mapped for reading, and its file closed.
     *
     * @param number of the segment
     * @param slot that it gets
     * @param end of its records
     * @param capacity {@code end}, or more for the segment to append to
     * @return the segment
     * @throws IOException if it cannot be opened
     */
    public Segment open(int number, int slot, int end, int capacity) throws IOException {
        StoreFile file = directory.open(FileNames.segment(number));
        boolean keep = false;
        try {
            boolean writable = capacity > end;
            Segment segment = segment(number, slot, file, file.map(capacity, writable), end, end);
            if (!writable) {
                segment.closeFile();
            }
            keep = true;
            return segment;
        } finally {
            if (!keep) {
                file.close();
            }
        }
    }

    /**
     * Cuts off what was reserved beyond the end of a segment. No reader may be in it.
     *
     * <p>Crash story: recovery takes the file with or without the rest.
     */
    void trim(Segment segment) throws IOException {
        segment.closeFile();
        try (StoreFile file = directory.open(FileNames.segment(segment.number()))) {
            if (file.length() > segment.end()) {
                file.setLength(segment.end());
                file.force();
            }
        }
    }

    private Segment segment(int number, int slot, StoreFile file, MappedRegion region, int end, int forced) {
        String path = directory.path().resolve(file.name()).toString();
        long salt = RecordLayout.salt(store.secret0(), store.secret1(), number);
        return new Segment(number, slot, path, file, region, salt, end, forced);
    }
}
