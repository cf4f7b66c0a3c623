package io.kvstore.internal.merge;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.SegmentState;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A merge of all garbage that there is, on demand: seals what was written so far, and merges all segments that have
 * any, older ones first, a few at a time. Belongs to the merge thread.
 */
final class FullMerge {
    private final Log log;
    private final MergeRunner runner;
    private final VictimPolicy policy;
    private final DamagedSegments damaged;
    private final BooleanSupplier stopped;

    FullMerge(Log log, MergeRunner runner, VictimPolicy policy, DamagedSegments damaged, BooleanSupplier stopped) {
        this.log = log;
        this.runner = runner;
        this.policy = policy;
        this.damaged = damaged;
        this.stopped = stopped;
    }

    /** Does it; returns what went wrong. */
    @Nullable
    Throwable run() {
        KVException notRolled = roll();
        boolean roomIsShort = notRolled instanceof KVNoSpaceException;
        if (notRolled != null && !roomIsShort && notRolled.code() != KVErrorCode.LIMIT_REACHED) {
            return notRolled;
        }
        Throwable failed = mergeSealed(roomIsShort);
        if (failed == null && notRolled != null) {
            // With the room that was made, on the disk or among the segments.
            notRolled = roll();
            failed = notRolled == null ? mergeSealed(false) : notRolled;
        }
        return failed;
    }

    /** Merges all sealed segments that have any garbage; returns what went wrong. */
    private @Nullable Throwable mergeSealed(boolean roomIsShort) {
        Set<Integer> left = policy.worthFullMerge(runner.states());
        // Where room is short, one at a time, and first what needs least.
        boolean tight = roomIsShort;
        while (!left.isEmpty()) {
            if (stopped.getAsBoolean()) {
                return new MergeStoppedException();
            }
            List<SegmentState> now = runner.states();
            Stream<SegmentState> candidates =
                    now.stream().filter(state -> left.contains(state.segment().number()));
            List<SegmentState> chosen = tight
                    ? candidates.min(VictimPolicy.LEAST_COPYING).stream().toList()
                    : VictimPolicy.take(candidates.toList(), policy.budget(now));
            chosen.forEach(state -> left.remove(state.segment().number()));
            Throwable failed = chosen.isEmpty() ? null : runner.merge(chosen, now, true);
            if (failed instanceof NoSpaceException && !tight) {
                tight = true;
                chosen.forEach(state -> left.add(state.segment().number()));
            } else if (failed instanceof DamagedVictimException victim) {
                // The others of this step get another chance; the damaged one is not chosen again.
                chosen.stream()
                        .map(state -> state.segment().number())
                        .filter(number -> number != victim.segment)
                        .forEach(left::add);
            } else if (failed != null) {
                return failed;
            }
        }
        // Told every time, whoever found it first.
        return damaged.any();
    }

    /** Seals what was written so far; returns what went wrong. */
    private @Nullable KVException roll() {
        try {
            log.rollIfUsed();
            return null;
        } catch (KVException e) {
            if (e instanceof KVNoSpaceException) {
                log.turnover().giveUpSpareRoom();
            }
            return e;
        }
    }
}
