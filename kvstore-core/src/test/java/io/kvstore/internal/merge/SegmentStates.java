package io.kvstore.internal.merge;

import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.log.SegmentState;
import java.io.IOException;
import java.util.UUID;

/** Makes segments of which only the figures matter. */
final class SegmentStates {
    static final StoreFileLayout STORE = new StoreFileLayout(new UUID(1, 2), 3, 4, 0);

    final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, STORE, 0);

    Segment segment(int number, long base) throws IOException {
        Segment segment = files.create(number, number, 4096);
        segment.setBase(base);
        return segment;
    }

    /** Figures, to be changed one by one. */
    Figures figures(int number) throws IOException {
        return new Figures(segment(number, number));
    }

    /** A sealed segment that is full of current records, until told otherwise. */
    static final class Figures {
        private final Segment segment;
        private boolean active;
        private long log = 1000;
        private long live = 1000;
        private long unexpired = -1;
        private long tombstones;
        private long deadPuts;
        private boolean allDead;
        private boolean expires;

        Figures(Segment segment) {
            this.segment = segment;
        }

        Figures active() {
            active = true;
            return this;
        }

        Figures log(long bytes) {
            log = bytes;
            return this;
        }

        Figures live(long bytes) {
            live = bytes;
            return this;
        }

        Figures unexpired(long bytes) {
            unexpired = bytes;
            return this;
        }

        Figures tombstones(long bytes) {
            tombstones = bytes;
            return this;
        }

        Figures deadPuts(long count) {
            deadPuts = count;
            return this;
        }

        Figures allDead() {
            allDead = true;
            return live(0);
        }

        Figures expires() {
            expires = true;
            return this;
        }

        SegmentState state() {
            return new SegmentState(
                    segment,
                    active,
                    log,
                    log,
                    live,
                    unexpired < 0 ? live : unexpired,
                    tombstones,
                    deadPuts,
                    allDead,
                    expires);
        }
    }
}
