package io.kvstore.internal.merge;

import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.log.SegmentState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses what is merged: the segments that give most space back for the least copying, greedily (as the cleaner of
 * Rosenblum and Ousterhout, "The Design and Implementation of a Log-Structured File System", 1991, without the age).
 * One step copies a bounded amount, so that a merge needs little room beside the store. Belongs to the merge thread.
 */
final class VictimPolicy {
    /** A merge begins, gently, when the garbage is this share of its bound, so that it is under way at the bound. */
    private static final double START = 0.9;

    /** A merge that has begun goes on until the garbage is this share of its bound. */
    private static final double STOP = 0.85;

    /** A segment of which this share is garbage is merged whatever the bound, if nothing in it is current. */
    private static final double ALL_DEAD = 0.9;

    /** A segment of less than this part of what it would be made as now is a small one. */
    private static final int SMALL = 4;

    /** So many small segments are joined whatever garbage they hold. */
    private static final int MANY_SMALL = 16;

    /** Outputs are no more than that, and must find slots. */
    private static final int MAX_VICTIMS = 1024;

    /** The most that one step copies where the segments are smaller. */
    private static final long MAX_BUDGET = 64L << 20;

    /** The least ratio that is taken at its word: below it all merging would be copying. */
    private static final double LEAST_RATIO = 0.05;

    /** By how much of a segment a merge has to copy. */
    static final Comparator<SegmentState> LEAST_COPYING =
            Comparator.comparingLong(state -> state.unexpiredBytes() + state.tombstoneBytes());

    private final double ratio;
    private final SegmentSizes sizes;

    /** By segment: those that hold older records of the keys of its tombstones. As long as one is there, they stay. */
    private final Map<Integer, Set<Integer>> blockers = new HashMap<>();

    private final DamagedSegments damaged;

    VictimPolicy(double ratio, SegmentSizes sizes, DamagedSegments damaged) {
        this.ratio = Math.max(LEAST_RATIO, ratio);
        this.sizes = sizes;
        this.damaged = damaged;
    }

    /** How much a step may copy, given how much there is. */
    long budget(List<SegmentState> states) {
        long total = logBytes(states);
        return Math.max(sizes.of(total), Math.min(total / 32, MAX_BUDGET));
    }

    /** How large the segments are to be that a step writes, given what there is. */
    int segmentSize(List<SegmentState> states) {
        return sizes.of(logBytes(states));
    }

    private static long logBytes(List<SegmentState> states) {
        return states.stream().mapToLong(SegmentState::logBytes).sum();
    }

    /**
     * What garbage demands to be merged now; empty if nothing is worth it.
     *
     * @param states of all segments
     * @param begun whether a merge has begun, and is to go on
     * @param budget how much may be copied
     */
    List<SegmentState> choose(List<SegmentState> states, boolean begun, long budget) {
        long total = logBytes(states);
        long garbage = 0;
        List<SegmentState> sealed = new ArrayList<>();
        Set<Integer> present = numbers(states);
        for (SegmentState state : states) {
            garbage += state.logBytes() - state.unexpiredBytes();
            if (!state.active() && !damaged.contains(state.segment().number())) {
                sealed.add(state);
            }
        }
        // A ratio of 1 is not a bound that could be neared: it leaves all garbage.
        double start = ratio >= 1 ? 1 : ratio * (begun ? STOP : START);
        boolean due = garbage > 0 && garbage >= start * total;
        List<SegmentState> candidates = new ArrayList<>();
        for (SegmentState state : sealed) {
            double share = share(state, present);
            if ((due && share >= ratio / 2) || (state.allDead() && share > ALL_DEAD)) {
                candidates.add(state);
            }
        }
        candidates.sort(Comparator.comparingDouble((SegmentState state) -> -share(state, present)));
        if (candidates.isEmpty() && due) {
            candidates = blocked(sealed, present);
        }
        return take(candidates, budget);
    }

    /**
     * Small segments to be joined, when there are many; nothing is urgent about it.
     *
     * @param states of all segments
     * @param budget how much may be copied
     */
    List<SegmentState> chooseSmall(List<SegmentState> states, long budget) {
        long total = logBytes(states);
        List<SegmentState> small = states.stream()
                .filter(state ->
                        !state.active() && !damaged.contains(state.segment().number()))
                .filter(state -> isSmall(state, total))
                .toList();
        return small.size() >= MANY_SMALL ? take(small, budget) : List.of();
    }

    /**
     * Where most garbage is tombstones that must stay: first the segments for whose sake they stay, however little
     * garbage those hold, then those with the tombstones.
     */
    private List<SegmentState> blocked(List<SegmentState> sealed, Set<Integer> present) {
        Set<Integer> first = new HashSet<>();
        Set<Integer> then = new HashSet<>();
        for (SegmentState state : sealed) {
            Set<Integer> blocking =
                    new HashSet<>(blockers.getOrDefault(state.segment().number(), Set.of()));
            blocking.retainAll(present);
            // While one that cannot be merged is there, the tombstones stay, whatever is merged.
            if (!blocking.isEmpty() && blocking.stream().noneMatch(damaged::contains)) {
                first.addAll(blocking);
                then.add(state.segment().number());
            }
        }
        List<SegmentState> candidates = new ArrayList<>();
        sealed.stream()
                .filter(state -> first.contains(state.segment().number()))
                .forEach(candidates::add);
        sealed.stream()
                .filter(state -> then.contains(state.segment().number())
                        && !first.contains(state.segment().number()))
                .forEach(candidates::add);
        return candidates;
    }

    /** The first of some segments whose current records a step may copy; at least one. */
    static List<SegmentState> take(List<SegmentState> candidates, long budget) {
        List<SegmentState> taken = new ArrayList<>();
        long copied = 0;
        long read = 0;
        for (SegmentState state : candidates) {
            copied += state.unexpiredBytes() + state.tombstoneBytes();
            read += state.logBytes();
            if (!taken.isEmpty() && (copied > budget || read > 2 * budget || taken.size() == MAX_VICTIMS)) {
                break;
            }
            taken.add(state);
        }
        return taken;
    }

    /** The numbers of the sealed segments with which a full merge has anything to do. */
    Set<Integer> worthFullMerge(List<SegmentState> states) {
        long total = logBytes(states);
        boolean joins = states.stream().filter(state -> isSmall(state, total)).count() > 1;
        Set<Integer> worth = new HashSet<>();
        for (SegmentState state : states) {
            boolean changes = state.deadPuts() > 0 || state.tombstoneBytes() > 0 || state.expires() || state.allDead();
            int number = state.segment().number();
            if (!state.active() && !damaged.contains(number) && (changes || (joins && isSmall(state, total)))) {
                worth.add(number);
            }
        }
        return worth;
    }

    private boolean isSmall(SegmentState state, long total) {
        return !state.active() && state.logBytes() < sizes.of(total) / SMALL;
    }

    /** What a merge of the segment would give back. */
    private long garbage(SegmentState state, Set<Integer> present) {
        long kept = state.unexpiredBytes();
        Set<Integer> blocking = blockers.get(state.segment().number());
        if (blocking != null && blocking.stream().anyMatch(present::contains)) {
            kept += state.tombstoneBytes();
        }
        return Math.max(0, state.logBytes() - kept);
    }

    private double share(SegmentState state, Set<Integer> present) {
        return state.logBytes() == 0 ? 1 : (double) garbage(state, present) / state.logBytes();
    }

    private static Set<Integer> numbers(List<SegmentState> states) {
        Set<Integer> numbers = new HashSet<>();
        for (SegmentState state : states) {
            numbers.add(state.segment().number());
        }
        return numbers;
    }

    /** Remembers what a merge has found out about the tombstones that it has kept. */
    void block(int segment, Set<Integer> blocking) {
        if (!blocking.isEmpty()) {
            blockers.put(segment, Set.copyOf(blocking));
        }
    }

    void forget(int segment) {
        blockers.remove(segment);
    }
}
