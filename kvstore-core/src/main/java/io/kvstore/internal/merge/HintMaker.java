package io.kvstore.internal.merge;

import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.recovery.HintFile;
import io.kvstore.internal.recovery.SegmentReader;
import io.kvstore.internal.recovery.SegmentReader.Contents;
import io.kvstore.internal.recovery.SegmentWindow;
import java.io.IOException;

/**
 * Makes the hint file of a sealed segment that has none, by reading it. Belongs to the merge thread.
 *
 * <p>Crash story: see {@link HintFile#write}. The segment is on stable storage before its hint is begun.
 */
final class HintMaker {
    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final SegmentReader reader;

    HintMaker(StoreDirectory directory, StoreFileLayout store, KeyHash hash) {
        this.directory = directory;
        this.store = store;
        this.reader = new SegmentReader(hash);
    }

    /** Makes the hint of a segment that is durable. */
    void make(Segment segment) throws IOException {
        Contents contents;
        try (StoreFile file = directory.open(FileNames.segment(segment.number()))) {
            contents = reader.read(new SegmentWindow(file), segment.header(), segment.salt(), segment.base());
        }
        if (!contents.end().sealed() || contents.end().offset() != segment.end()) {
            throw new DamagedVictimException(segment, contents.end().offset(), "damaged record");
        }
        HintFile.write(directory, store, contents.summary(), contents.entries());
        segment.markHinted(contents.summary().figures().expiry());
    }
}
