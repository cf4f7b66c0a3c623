package io.kvstore.internal.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.log.HeapDirectory;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.log.SegmentSet;
import io.kvstore.internal.log.SegmentSizes;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A log of which a half may be garbage. What writers are told is seen by what a write is charged: the first one after a
 * limit was set pays for exactly its own bytes. Nobody waits here: who would is stopped, and counted.
 */
class MergePaceTest {
    private static final int SEGMENT_SIZE = 4096;

    /** Four segments beyond the bound are all the slack there is. */
    private static final int SLACK_RECORDS = 4 * SEGMENT_SIZE / 64;

    private static final long ENOUGH_TO_BE_CHECKED = 256 << 10;
    private static final double MIB = 1 << 20;

    private Log log;
    private int slot;
    private int waits;

    @BeforeEach
    void makeLog() throws IOException {
        SegmentFiles files = new SegmentFiles(new HeapDirectory(), SegmentStates.STORE, 0);
        SegmentSet segments = new SegmentSet();
        slot = segments.takeSlot();
        Segment segment = files.create(files.nextNumber(), slot, 1 << 20);
        segments.add(segment);
        // Not started: one segment is enough.
        log = new Log(files, segments, segment, 0, new Log.Settings(new SegmentSizes(1 << 20), Duration.ZERO, "test"));
    }

    private MergePace pace(long limit) {
        return new MergePace(log, 0.5, new SegmentSizes(SEGMENT_SIZE), limit, false, () -> {
            waits++;
            return true;
        });
    }

    /** Writes records of 64 bytes, of which the first are current. */
    private void write(int live, int garbage) {
        RecordBuffer record = new RecordBuffer();
        for (int i = 0; i < live + garbage; i++) {
            record.encode(RecordLayout.KIND_PUT, new byte[4], new byte[64 - RecordLayout.HEADER_SIZE - 4]);
            log.lock().lock();
            log.tail().reserve(record.size());
            log.tail().append(record, 0);
            if (i < live) {
                log.addLive(slot, 64);
            }
            log.lock().unlock();
        }
        assertThat(log.balance().logBytes() % 64).isZero();
        assertThat(SegmentHeader.SIZE).isEqualTo(64);
    }

    /** What writers may write in a second; infinite if they are not slowed. */
    private double writersPerSecond() {
        log.lock().lock();
        try {
            // What was written before is paid for once a limit is taken back, and this one's own is left.
            long nanos = log.charge(100 << 20);
            return nanos == 0 ? Double.POSITIVE_INFINITY : 1e9 * (100 << 20) / nanos;
        } finally {
            log.lock().unlock();
        }
    }

    /** In a step, with as much garbage as there may be. */
    private MergePace paceAtTheBound() {
        write(100, 100);
        MergePace pace = pace(0);
        pace.begin(false);
        pace.rolled();
        return pace;
    }

    /** As if all that was read had been current, so that no garbage is found. */
    private static void copy(MergePace pace, long readAndCopied) {
        pace.spend((readAndCopied + 1) / 2, readAndCopied / 2);
    }

    private static Percentage closely() {
        return withPercentage(0.1);
    }

    @Test
    void writersAreNotSlowedWithinTheBoundAndALittleBeyond() {
        MergePace pace = paceAtTheBound();
        write(0, SLACK_RECORDS / 4);
        pace.rolled();
        assertThat(writersPerSecond()).isInfinite();
    }

    @Test
    void writersAreSlowedFromTheFreeSlackOn() {
        MergePace pace = paceAtTheBound();
        write(0, 1 + SLACK_RECORDS / 4);
        pace.rolled();
        assertThat(writersPerSecond()).isCloseTo(2 * 64 * MIB, withPercentage(2));
    }

    @Test
    void atTheEndOfTheSlackWritersGetHalfOfWhatIsClearedAway() {
        MergePace pace = paceAtTheBound();
        write(0, SLACK_RECORDS);
        pace.rolled();
        assertThat(writersPerSecond()).isCloseTo(32 * MIB, closely());
    }

    @Test
    void writersAreNeverStopped() {
        MergePace pace = paceAtTheBound();
        write(0, 40 * SLACK_RECORDS);
        pace.rolled();
        assertThat(writersPerSecond()).as("far beyond the slack").isCloseTo(MIB, closely());
    }

    @Test
    void writersWhoNeedNotWaitForAMergeAreNotSlowed() {
        write(100, 100);
        MergePace pace = pace(0);
        write(0, SLACK_RECORDS);
        pace.rolled();
        assertThat(writersPerSecond()).as("before the first merge").isInfinite();
        pace.begin(false);
        pace.rolled();
        write(0, SLACK_RECORDS);
        pace.rolled();
        assertThat(writersPerSecond()).as("in a merge").isLessThan(64 * MIB);
        pace.idle();
        assertThat(writersPerSecond()).as("after the last").isInfinite();
        pace.rolled();
        assertThat(writersPerSecond()).isInfinite();
    }

    @Test
    void mergeSlowsWritersAsItGoesOn() {
        MergePace pace = paceAtTheBound();
        write(0, SLACK_RECORDS);
        copy(pace, ENOUGH_TO_BE_CHECKED - 1);
        assertThat(writersPerSecond()).as("so often nobody looks").isInfinite();
        copy(pace, 1);
        assertThat(writersPerSecond()).isCloseTo(32 * MIB, closely());
    }

    @Test
    void deletesAloneDoNotSlowWritersButGrowthOfTheLogBeyondDoes() {
        write(100 + SLACK_RECORDS, 0);
        MergePace pace = pace(0);
        pace.begin(false);
        pace.rolled();
        for (int i = 0; i < 100 + SLACK_RECORDS; i++) {
            log.lock().lock();
            log.removeLive(slot, 64);
            log.lock().unlock();
        }
        pace.rolled();
        assertThat(writersPerSecond())
                .as("all is garbage, and the log has not grown")
                .isInfinite();
        write(0, SLACK_RECORDS);
        pace.rolled();
        assertThat(writersPerSecond()).isCloseTo(32 * MIB, closely());
    }

    @Test
    void garbageThatWasThereBeforeSlowsNobody() {
        write(0, 10 * SLACK_RECORDS);
        MergePace pace = pace(0);
        pace.begin(false);
        pace.rolled();
        assertThat(writersPerSecond()).isInfinite();
        write(0, SLACK_RECORDS);
        pace.rolled();
        assertThat(writersPerSecond()).as("but what comes in addition does").isCloseTo(32 * MIB, closely());
    }

    @Test
    void garbageThatAStepHasPassedCountsAsGone() {
        MergePace pace = paceAtTheBound();
        write(0, SLACK_RECORDS);
        copy(pace, ENOUGH_TO_BE_CHECKED);
        assertThat(writersPerSecond()).isCloseTo(32 * MIB, closely());
        pace.spend(ENOUGH_TO_BE_CHECKED, 0);
        assertThat(writersPerSecond()).isInfinite();
        pace.begin(false);
        copy(pace, ENOUGH_TO_BE_CHECKED);
        assertThat(writersPerSecond()).as("in the next step").isCloseTo(32 * MIB, closely());
    }

    @Test
    void writersGetWhatMergesHaveClearedAwayLately() {
        MergePace pace = paceAtTheBound();
        write(0, SLACK_RECORDS);
        pace.end(164 << 20, TimeUnit.SECONDS.toNanos(1));
        assertThat(writersPerSecond()).isCloseTo((0.7 * 64 + 0.3 * 164) / 2 * MIB, closely());
    }

    @Test
    void mergesThatClearNothingAwayLeaveWritersALittle() {
        MergePace pace = paceAtTheBound();
        write(0, SLACK_RECORDS);
        for (int i = 0; i < 40; i++) {
            pace.begin(false);
            pace.end(-5, TimeUnit.SECONDS.toNanos(1));
        }
        assertThat(writersPerSecond()).isCloseTo(MIB, closely());
    }

    @Test
    void mergeIsGentleBelowTheBound() {
        write(200, 100);
        MergePace pace = pace(0);
        pace.begin(false);
        copy(pace, ENOUGH_TO_BE_CHECKED);
        assertThat(waits).isOne();
    }

    @Test
    void mergeTakesAllItCanGetAtTheBound() {
        write(100, 100);
        MergePace pace = pace(0);
        pace.begin(false);
        copy(pace, 1L << 40);
        assertThat(waits).isZero();
    }

    @Test
    void mergeThatSomebodyWaitsForTakesAllItCanGet() {
        write(200, 1);
        MergePace pace = pace(0);
        pace.begin(true);
        copy(pace, 1L << 40);
        assertThat(waits).isZero();
        pace.begin(false);
        copy(pace, 1L << 40);
        assertThat(waits).as("the next one that nobody waits for").isOne();
    }

    @Test
    void limitThatWasSetHoldsForAll() {
        write(100, 100);
        MergePace pace = pace(1 << 20);
        pace.begin(true);
        copy(pace, ENOUGH_TO_BE_CHECKED);
        assertThat(waits).isOne();
    }

    @Test
    void emptyLogSlowsNobody() {
        MergePace pace = pace(0);
        pace.begin(false);
        copy(pace, ENOUGH_TO_BE_CHECKED);
        pace.rolled();
        pace.end(0, 0);
        assertThat(writersPerSecond()).isInfinite();
    }
}
