package io.kvstore.benchmarks.parts;

import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.driver.Folders;
import io.kvstore.internal.file.DiskDirectory;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.log.SegmentSet;
import io.kvstore.internal.log.SegmentSizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/** A log without a store around it, in a temporary folder, which goes with it. Thread-safe, but for {@link #close}. */
final class OpenLog implements AutoCloseable {
    private static final int SEGMENT_SIZE = 64 << 20;
    private static final int BUCKET = 1;

    private final Path folder;
    private final Log log;

    OpenLog(Duration syncInterval) throws IOException {
        folder = Files.createTempDirectory("kvstore-log");
        SegmentFiles files =
                new SegmentFiles(new DiskDirectory(folder), new StoreFileLayout(new UUID(1, 2), 3, 4, 0), 0);
        SegmentSet segments = new SegmentSet();
        Segment first = files.create(files.nextNumber(), segments.takeSlot(), SEGMENT_SIZE);
        segments.add(first);
        log = new Log(
                files, segments, first, 0, new Log.Settings(new SegmentSizes(SEGMENT_SIZE), syncInterval, "benchmark"));
        log.start(() -> {});
    }

    /** Appends an encoded record, and returns its address. */
    long append(RecordBuffer record) {
        log.lock().lock();
        try {
            log.tail().reserve(record.size());
            return log.tail().append(record, BUCKET);
        } finally {
            log.lock().unlock();
        }
    }

    /** Appends a record and waits until it is on stable storage. */
    void appendDurably(RecordBuffer record) {
        long position;
        log.lock().lock();
        try {
            log.tail().reserve(record.size());
            log.tail().append(record, BUCKET);
            position = log.position();
        } finally {
            log.lock().unlock();
        }
        log.awaitSynced(position);
    }

    void read(long address, long sizeBound, RecordBuffer record) {
        log.read(Log.slot(address), Log.offset(address), sizeBound, record);
    }

    /** A record of a key of 16 and a value of 100 bytes. */
    static RecordBuffer record(long number) {
        return new RecordBuffer().encode(RecordLayout.KIND_PUT, Entries.key(number), Entries.value(number));
    }

    @Override
    public void close() throws IOException {
        log.close();
        Folders.delete(folder);
    }
}
