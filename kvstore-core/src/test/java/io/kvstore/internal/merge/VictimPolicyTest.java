package io.kvstore.internal.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.log.SegmentSizes;
import io.kvstore.internal.log.SegmentState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Segments of 1000 bytes, of which some are garbage, and a bound of a half. */
class VictimPolicyTest {
    private static final int SEGMENT_SIZE = 1000;
    private static final long NO_LIMIT = 1 << 30;

    private final SegmentStates segments = new SegmentStates();
    private final DamagedSegments damaged = new DamagedSegments();
    private final VictimPolicy policy = new VictimPolicy(0.5, new SegmentSizes(SEGMENT_SIZE), damaged);

    private List<Integer> choose(List<SegmentState> states, boolean begun, long budget) {
        return numbers(policy.choose(states, begun, budget));
    }

    private List<Integer> choose(List<SegmentState> states) {
        return choose(states, false, NO_LIMIT);
    }

    private static List<Integer> numbers(List<SegmentState> states) {
        return states.stream().map(state -> state.segment().number()).toList();
    }

    /** Segments from number 1 on with so many current bytes each. */
    private List<SegmentState> live(long... live) throws IOException {
        List<SegmentState> states = new ArrayList<>();
        for (long bytes : live) {
            states.add(segments.figures(states.size() + 1).live(bytes).state());
        }
        return states;
    }

    @Test
    void nothingIsMergedWellBelowTheBound() throws IOException {
        assertThat(choose(live(551, 551, 551))).isEmpty();
        assertThat(choose(live(550, 550, 550)))
                .as("so near to it that one begins")
                .hasSize(3);
        assertThat(choose(live(1000, 1000, 10))).isEmpty();
        assertThat(choose(List.of())).isEmpty();
    }

    @Test
    void ratioOfOneLeavesAllGarbageButWholeSegments() throws IOException {
        VictimPolicy lenient = new VictimPolicy(1, new SegmentSizes(SEGMENT_SIZE), damaged);
        assertThat(lenient.choose(live(1, 10, 100), true, NO_LIMIT)).isEmpty();
        List<SegmentState> states = live(1, 10);
        states.add(segments.figures(9).allDead().state());
        assertThat(numbers(lenient.choose(states, false, NO_LIMIT))).containsExactly(9);
    }

    @Test
    void atTheBoundThoseWithMostGarbageComeFirst() throws IOException {
        assertThat(choose(live(500, 200, 700, 600))).containsExactly(2, 1, 4, 3);
    }

    @Test
    void segmentsWithLittleGarbageAreLeft() throws IOException {
        // Less than half of the bound: copying them would give little back.
        assertThat(choose(live(100, 751, 750, 100, 780))).containsExactly(1, 4, 3);
    }

    @Test
    void mergeThatHasBegunGoesOnToALittleBelowTheBound() throws IOException {
        List<SegmentState> states = live(575, 575);
        assertThat(choose(states, false, NO_LIMIT)).isEmpty();
        assertThat(choose(states, true, NO_LIMIT)).containsExactly(1, 2);
        assertThat(choose(live(576, 576), true, NO_LIMIT)).isEmpty();
    }

    @Test
    void segmentThatIsAllGarbageIsMergedWhateverTheBound() throws IOException {
        List<SegmentState> states = live(1000, 1000, 1000);
        states.add(segments.figures(9).allDead().state());
        assertThat(choose(states)).containsExactly(9);
    }

    @Test
    void whatHasExpiredIsGarbage() throws IOException {
        List<SegmentState> states = new ArrayList<>(live(1000));
        states.add(segments.figures(2).unexpired(0).state());
        assertThat(choose(states)).containsExactly(2);
    }

    @Test
    void activeSegmentCountsAndIsNotChosen() throws IOException {
        SegmentState active = segments.figures(9).active().live(0).log(2000).state();
        List<SegmentState> states = live(1000, 700);
        states.add(active);
        assertThat(choose(states)).containsExactly(2);
        assertThat(choose(List.of(active))).isEmpty();
    }

    @Test
    void damagedSegmentIsNotChosenUntilItIsForgotten() throws IOException {
        List<SegmentState> states = live(100, 200);
        damaged.add(new DamagedVictimException(states.get(0).segment(), 64, "damaged record"));
        assertThat(choose(states)).containsExactly(2);
        assertThat(policy.worthFullMerge(List.of(
                        segments.figures(1).deadPuts(5).state(),
                        segments.figures(2).deadPuts(5).state())))
                .containsExactly(2);
        damaged.forget(1);
        assertThat(choose(states)).containsExactly(1, 2);
    }

    @Test
    void manySmallSegmentsAreJoinedWhateverGarbageTheyHold() throws IOException {
        List<SegmentState> states = new ArrayList<>(live(1000));
        for (int number = 2; number <= 16; number++) {
            states.add(segments.figures(number).log(249).live(249).state());
        }
        assertThat(numbers(policy.chooseSmall(states, NO_LIMIT))).isEmpty();
        states.add(segments.figures(17).log(250).live(250).state());
        assertThat(numbers(policy.chooseSmall(states, NO_LIMIT)))
                .as("a quarter of a segment is not small")
                .isEmpty();
        states.add(segments.figures(18).log(249).live(249).state());
        assertThat(numbers(policy.chooseSmall(states, NO_LIMIT))).hasSize(16).doesNotContain(1, 17);
    }

    @Test
    void stepCopiesNoMoreThanItsBudgetButOneSegmentAtLeast() throws IOException {
        List<SegmentState> states = live(900, 800, 700);
        assertThat(numbers(VictimPolicy.take(states, 1699))).containsExactly(1);
        assertThat(numbers(VictimPolicy.take(states, 1700))).containsExactly(1, 2);
        assertThat(numbers(VictimPolicy.take(states, 2400))).containsExactly(1, 2, 3);
        assertThat(numbers(VictimPolicy.take(states, 0))).containsExactly(1);
        assertThat(VictimPolicy.take(List.of(), 1 << 20)).isEmpty();
    }

    @Test
    void tombstonesMayHaveToBeCopiedAndCount() throws IOException {
        SegmentState tombstones = segments.figures(1).live(100).tombstones(800).state();
        List<SegmentState> states =
                List.of(tombstones, segments.figures(2).live(700).state());
        assertThat(numbers(VictimPolicy.take(states, 1599))).containsExactly(1);
        assertThat(numbers(VictimPolicy.take(states, 1600))).containsExactly(1, 2);
    }

    @Test
    void stepReadsNoMoreThanTwiceItsBudget() throws IOException {
        List<SegmentState> states = live(0, 0, 0, 0, 0);
        assertThat(choose(states, false, 1000)).hasSize(2);
        assertThat(choose(states, false, 1500)).hasSize(3);
    }

    @Test
    void budgetIsASegmentOrAThirtySecondOfALargeStore() throws IOException {
        assertThat(policy.budget(live(1000, 0))).isEqualTo(SEGMENT_SIZE);
        assertThat(policy.budget(List.of(segments.figures(1).log(1 << 20).state())))
                .isEqualTo((1 << 20) / 32);
        assertThat(policy.budget(List.of(segments.figures(1).log(1L << 40).state())))
                .isEqualTo(64 << 20);
        VictimPolicy large = new VictimPolicy(0.5, new SegmentSizes(1 << 30), damaged);
        assertThat(large.budget(List.of(segments.figures(1).log(1L << 40).state())))
                .isEqualTo(1L << 30);
    }

    @Test
    void tombstonesThatMustStayAreNoGarbageAsLongAsTheirBlockerIsThere() throws IOException {
        List<SegmentState> states = new ArrayList<>();
        states.add(segments.figures(1).live(300).tombstones(700).state());
        states.add(segments.figures(2).live(990).state());
        states.add(segments.figures(3).live(0).state());
        policy.block(1, Set.of(2));
        assertThat(choose(states)).containsExactly(3);
        policy.block(1, Set.of(77));
        assertThat(choose(states)).as("its blocker is gone").containsExactly(3, 1);
    }

    @Test
    void whereOnlySuchTombstonesAreLeftTheirBlockersAreMergedFirst() throws IOException {
        List<SegmentState> states = new ArrayList<>();
        states.add(segments.figures(1).live(0).tombstones(1000).state());
        states.add(segments.figures(2).live(990).state());
        states.add(segments.figures(3).live(0).tombstones(1000).state());
        states.add(segments.figures(4).live(1000).state());
        policy.block(1, Set.of(2, 99));
        policy.block(3, Set.of(2));
        assertThat(choose(states)).containsExactly(2, 1, 3);
        policy.forget(1);
        assertThat(choose(states)).as("of the first nothing is known any more").containsExactly(1);
    }

    @Test
    void fullMergeTakesWhateverItWouldChange() throws IOException {
        List<SegmentState> states = List.of(
                segments.figures(1).state(),
                segments.figures(2).deadPuts(1).state(),
                segments.figures(3).tombstones(1).state(),
                segments.figures(4).expires().state(),
                segments.figures(5).allDead().state(),
                segments.figures(6).deadPuts(1).active().state());
        assertThat(policy.worthFullMerge(states)).containsExactlyInAnyOrder(2, 3, 4, 5);
    }

    @Test
    void fullMergeJoinsSmallSegmentsIfThereAreSeveral() throws IOException {
        SegmentState first = segments.figures(1).log(10).live(10).state();
        SegmentState second = segments.figures(2).log(10).live(10).state();
        SegmentState active = segments.figures(3).log(10).live(10).active().state();
        SegmentState large = segments.figures(4).state();
        assertThat(policy.worthFullMerge(List.of(first, active, large))).isEmpty();
        assertThat(policy.worthFullMerge(List.of(first, second, active, large))).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void ratioOfNextToNothingIsNotTakenAtItsWord() throws IOException {
        VictimPolicy greedy = new VictimPolicy(0.001, new SegmentSizes(SEGMENT_SIZE), damaged);
        assertThat(greedy.choose(live(960, 960), false, NO_LIMIT)).isEmpty();
        assertThat(greedy.choose(live(950, 950), false, NO_LIMIT)).hasSize(2);
    }
}
