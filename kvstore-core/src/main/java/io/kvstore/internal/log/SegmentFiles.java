package io.kvstore.internal.log;

import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.file.Undo;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes segment files, and opens and removes them. Thread-safe. */
public final class SegmentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger lastNumber;
    private final AppendMode mode;

    /** How many backups and checks hold a segment. Guarded by itself. */
    private final Map<Integer, Integer> holds = new HashMap<>();

    /** Held segments that were removed meanwhile. Guarded by {@link #holds}. */
    private final Set<Integer> removed = new HashSet<>();

    /**
     * Segments of one store.
     *
     * @param directory where they are
     * @param store which store
     * @param lastNumber no segment of the store has a higher one
     * @param mode how records get into the files of those that are appended to
     */
    public SegmentFiles(StoreDirectory directory, StoreFileLayout store, int lastNumber, AppendMode mode) {
        this.directory = directory;
        this.store = store;
        this.lastNumber = new AtomicInteger(lastNumber);
        this.mode = mode;
    }

    /**
     * Segments of one store, with {@link AppendMode#MAPPED}.
     *
     * @param directory where they are
     * @param store which store
     * @param lastNumber no segment of the store has a higher one
     */
    public SegmentFiles(StoreDirectory directory, StoreFileLayout store, int lastNumber) {
        this(directory, store, lastNumber, AppendMode.MAPPED);
    }

    /**
     * A number for a segment that is to be made. Numbers are not used twice as long as the store is open.
     *
     * @return greater than all before
     * @throws IOException if there are no more numbers
     */
    public int nextNumber() throws IOException {
        int number = lastNumber.incrementAndGet();
        if (number <= 0) {
            lastNumber.decrementAndGet();
            throw new IOException("the store in " + directory.path() + " has used up the numbers of segments, 1 to "
                    + Integer.MAX_VALUE + ": copy it to a new store");
        }
        return number;
    }

    /**
     * Where the segments are.
     *
     * @return the directory of the store
     */
    public StoreDirectory directory() {
        return directory;
    }

    /**
     * Which store they are of.
     *
     * @return what the store file says
     */
    public StoreFileLayout store() {
        return store;
    }

    /**
     * Makes an empty segment of the log: header and name are on stable storage when this returns.
     *
     * <p>Crash story: a file with no header, or with a header and no record, is an empty segment behind the end of the
     * log; recovery removes it.
     *
     * @param number of the segment; if a file of it exists, it is emptied
     * @param slot that it gets
     * @param capacity bytes, the header included
     * @return the segment, to append to
     * @throws IOException if it cannot be made; nothing is left of it then
     */
    public Segment create(int number, int slot, int capacity) throws IOException {
        String name = FileNames.segment(number);
        SegmentHeader header = new SegmentHeader(SegmentHeader.KIND_LOG, number, random.nextLong());
        StoreFile file = directory.create(name);
        try (Undo deletion = new Undo(() -> directory.delete(name));
                Undo closing = new Undo(file::close)) {
            file.write(0, header.encode(store.storeId()), 0, SegmentHeader.SIZE);
            MappedRegion region = file.map(capacity, true);
            Segment segment = segment(header, slot, file, openToAppend(name), region, SegmentHeader.SIZE);
            try (Undo closingAll = new Undo(segment::closeFile)) {
                segment.reserve(Math.min(capacity, SegmentHeader.SIZE + RecordLayout.SEAL_SIZE));
                file.force();
                directory.sync();
                closingAll.keep();
            }
            deletion.keep();
            closing.keep();
            return segment;
        }
    }

    private @Nullable AppendBuffer openToAppend(String name) throws IOException {
        return mode == AppendMode.WRITTEN ? new AppendBuffer(directory.open(name)) : null;
    }

    /**
     * Begins a segment of copied records.
     *
     * <p>Crash story: until a manifest lists it, recovery removes it.
     *
     * @return a writer, to be finished or given up
     * @throws IOException if the file cannot be made
     */
    public MergedSegmentWriter createMerged() throws IOException {
        int number = nextNumber();
        String name = FileNames.segment(number);
        SegmentHeader header = new SegmentHeader(SegmentHeader.KIND_MERGED, number, random.nextLong());
        StoreFile file = directory.create(name);
        try (Undo deletion = new Undo(() -> directory.delete(name));
                Undo closing = new Undo(file::close)) {
            MergedSegmentWriter writer =
                    new MergedSegmentWriter(file, header, header.encode(store.storeId()), salt(header));
            deletion.keep();
            closing.keep();
            return writer;
        }
    }

    /** Removes a segment that no record was ever written to; what was reserved in it is free at once. */
    void discard(Segment unused) throws IOException {
        unused.emptyAndClose();
        directory.delete(FileNames.segment(unused.number()));
    }

    /**
     * Keeps the files of segments where they are until the hold is closed, whatever is removed meanwhile.
     *
     * @param numbers of segments that are in use; the log's lock is held, so that none of them is removed before
     * @return to be closed, which removes what was to be removed meanwhile
     */
    public Hold hold(Collection<Integer> numbers) {
        synchronized (holds) {
            numbers.forEach(number -> holds.merge(number, 1, Integer::sum));
        }
        return new Hold(List.copyOf(numbers));
    }

    /** Keeps the files of some segments where they are. */
    public final class Hold implements AutoCloseable {
        private final List<Integer> numbers;

        private Hold(List<Integer> numbers) {
            this.numbers = numbers;
        }

        @Override
        public void close() {
            release(numbers);
        }
    }

    private void release(List<Integer> numbers) {
        List<Integer> overdue = new ArrayList<>();
        synchronized (holds) {
            for (int number : numbers) {
                if (holds.merge(number, -1, Integer::sum) == 0) {
                    holds.remove(number);
                    if (removed.remove(number)) {
                        overdue.add(number);
                    }
                }
            }
        }
        for (int number : overdue) {
            try {
                remove(number);
            } catch (IOException e) {
                LOG.warn(
                        "store {}: segment {} was merged, and is still there until the next open: {}",
                        directory.path(),
                        number,
                        e.getMessage());
            }
        }
    }

    /**
     * Removes a segment and its hint file; their space is free at once, though the segment is still mapped. No reader
     * may be in it. Of one that is held, that happens when it is released.
     *
     * <p>Crash story: recovery removes segments that do not count, and hint files without a segment.
     *
     * @param number of the segment
     * @throws IOException if that fails; what is left counts no more, and is removed on the next open
     */
    public void remove(int number) throws IOException {
        synchronized (holds) {
            if (holds.containsKey(number)) {
                removed.add(number);
                return;
            }
        }
        directory.delete(FileNames.hint(number));
        directory.deleteAndFree(FileNames.segment(number));
    }

    /**
     * Opens a segment that recovery has read, or a merge has written, all of it on stable storage. One that nothing is
     * appended to any more is mapped for reading, and its file closed.
     *
     * @param header of the segment
     * @param slot that it gets
     * @param end of its records
     * @param capacity {@code end}, or more for the segment to append to
     * @return the segment
     * @throws IOException if it cannot be opened
     */
    public Segment open(SegmentHeader header, int slot, int end, int capacity) throws IOException {
        StoreFile file = directory.open(FileNames.segment(header.number()));
        try (Undo closing = new Undo(file::close)) {
            boolean writable = capacity > end;
            MappedRegion region = file.map(capacity, writable);
            Segment segment = segment(header, slot, file, writable ? openToAppend(file.name()) : null, region, end);
            if (!writable) {
                segment.closeFile();
                segment.markDurable();
            }
            closing.keep();
            return segment;
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

    private long salt(SegmentHeader header) {
        return RecordLayout.salt(store.secret0(), store.secret1(), header.number(), header.nonce());
    }

    private Segment segment(
            SegmentHeader header,
            int slot,
            StoreFile file,
            @Nullable AppendBuffer appended,
            MappedRegion region,
            int end) {
        String path = directory.path().resolve(file.name()).toString();
        return new Segment(header, slot, path, file, appended, region, salt(header), end, end);
    }
}
