package io.kvstore.internal.merge;

import io.kvstore.internal.log.Segment;
import java.io.IOException;

/** A segment is not what was written: it is left alone, and not merged. */
final class DamagedVictimException extends IOException {
    private static final long serialVersionUID = 1L;

    final int segment;

    DamagedVictimException(Segment segment, long offset, String what) {
        super("segment " + segment.number() + " (" + segment.path() + "), offset " + offset + ": " + what
                + ": it is not merged; restore a backup");
        this.segment = segment.number();
    }
}
