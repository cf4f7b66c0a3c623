package io.kvstore.internal.merge;

import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.log.SegmentState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One merge of all segments of a store that has no merge thread, by whoever calls it. */
public final class MergeOnce {
    private MergeOnce() {}

    /**
     * Seals the active segment, and merges all sealed ones; one such merge at a time.
     *
     * @param context of the store
     * @param segmentSize bytes
     */
    public static void run(MergeContext context, int segmentSize) {
        Log log = context.log();
        log.rollIfUsed();
        List<SegmentState> states = log.segments(context.clock().nowMillis());
        List<SegmentState> chosen = new ArrayList<>();
        for (SegmentState state : states) {
            if (!state.active()) {
                chosen.add(state);
            }
        }
        if (chosen.isEmpty()) {
            return;
        }
        MergePace pace = new MergePace(log, 1, new SegmentSizes(segmentSize), 0, false, () -> false);
        try {
            MergeStep step = new MergeStep(context, chosen, states, segmentSize, pace, () -> false, point -> {});
            step.run();
            for (int number : step.victims()) {
                context.files().remove(number);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
