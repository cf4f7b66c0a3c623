package io.kvstore.internal.merge;

import io.kvstore.internal.format.DamageRemedy;
import io.kvstore.internal.log.Segment;
import java.io.IOException;

/** A segment is not what was written, or cannot be read for now: it is left alone, and not merged. */
final class DamagedVictimException extends IOException {
    private static final long serialVersionUID = 1L;

    final int segment;

    /** Whether it is not damaged as far as is known, and may be tried again. */
    final boolean unreadable;

    DamagedVictimException(Segment segment, long offset, String what) {
        super("segment " + segment.number() + " (" + segment.path() + "), offset " + offset + ": " + what
                + ": it is not merged; " + DamageRemedy.BACKUP_OR_REPAIR);
        this.segment = segment.number();
        this.unreadable = false;
    }

    /** The system could not read a segment: because of a bad sector, or of too many open files. */
    DamagedVictimException(Segment segment, Exception cause) {
        super(
                "segment " + segment.number() + " (" + segment.path() + ") cannot be read, and is not merged for now: "
                        + cause.getMessage(),
                cause);
        this.segment = segment.number();
        this.unreadable = true;
    }
}
