package io.kvstore.internal.log;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.Keys;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import io.kvstore.stress.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/** Segments in memory and an index that points into them, for harnesses of the log. */
abstract class Segments {
    static final StoreFileLayout STORE = new StoreFileLayout(new UUID(1, 2), 3, 4, 1_767_225_600_000L);
    private static final byte[] KEY = {1};
    private static final int CAPACITY = 512;

    final MemoryDirectory directory = new MemoryDirectory();
    final SegmentFiles files = new SegmentFiles(directory, STORE, 0);
    final SegmentSet segments = new SegmentSet();
    final ShardedIndex index = new ShardedIndex();

    final Segment create(int number, int slot) {
        try {
            return files.create(number, slot, CAPACITY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes all slots up to one, and adds a segment in it. */
    final Segment add(int slot) {
        while (segments.takeSlot() < slot) {
            // the next
        }
        Segment segment = create(slot + 1, slot);
        segments.add(segment);
        return segment;
    }

    /** Appends a record with a value of one byte, and tells its location. */
    final long append(Segment segment, int value) {
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, KEY, new byte[] {(byte) value});
        int offset = segment.end();
        try {
            segment.reserve((long) offset + record.size());
            segment.append(record, value, 0, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Location.of(segment.slot(), offset, SizeClass.of(record.size()), false);
    }

    /** The value of the record at which the index points; 0 if there is none, -1 if it cannot be read. */
    final int read(RecordBuffer record) {
        long location = index.get(Keys.A);
        return location == Location.NONE ? 0 : read(location, record);
    }

    final int read(long location, RecordBuffer record) {
        try {
            segments.get(Location.slot(location)).read(Location.offset(location), Location.sizeBound(location), record);
            return record.value()[0];
        } catch (RuntimeException e) {
            return -1;
        }
    }

    final boolean isForced(long position) {
        return directory.forcedEnd(FileNames.segment(LogPosition.segmentNumber(position)))
                >= LogPosition.offset(position);
    }
}
