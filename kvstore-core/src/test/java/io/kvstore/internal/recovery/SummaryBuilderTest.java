package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.ExpiryProfile;
import io.kvstore.internal.log.SegmentFigures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryBuilderTest {
    private static final SegmentHeader HEADER = new SegmentHeader(SegmentHeader.KIND_LOG, 7, 77);

    private final SummaryBuilder builder = new SummaryBuilder(HEADER, 100);

    private static long bound(long size) {
        return SizeClass.bound(SizeClass.of(size));
    }

    private static Hash key(int i) {
        return new Hash(i * 0x9E3779B97F4A7C15L, i);
    }

    @Test
    void summaryOfNothingGoesOnWhereTheSegmentBeforeEnded() {
        SegmentSummary summary = builder.build(96, 8);
        SegmentFigures nothing = new SegmentFigures(0, 0, 0, 0, ExpiryProfile.NONE);
        assertThat(MadeUpSegment.said(summary))
                .isEqualTo(MadeUpSegment.said(new SegmentSummary(HEADER, 96, 8, 100, nothing, List.of())));
        assertThat(summary.base()).isEqualTo(100);
        assertThat(builder.sort().count()).isZero();
    }

    @Test
    void recordsOfEachKindAreCountedAsWhatTheyAre() {
        builder.add(false, key(1), 0, 64, 40, 101);
        builder.add(false, key(1), 0, 104, 1000, 102);
        builder.add(true, key(1), 0, 1104, 33, 103);
        builder.addExpiring(key(2), 0, 1144, 70, 104, 5);
        builder.addEvent(false, 3, "b", 29, 105);
        SegmentSummary summary = builder.build(2000, 8);
        SegmentFigures figures = summary.figures();
        assertThat(figures.records()).isEqualTo(5);
        assertThat(figures.puts()).isEqualTo(3);
        assertThat(figures.appendedEstimate()).isEqualTo(bound(40) + bound(1000) + bound(33) + bound(70) + bound(29));
        assertThat(figures.tombstoneEstimate()).isEqualTo(bound(33));
        assertThat(figures.expiry().bytes()).isEqualTo(bound(70));
        assertThat(summary.lastSequence()).isEqualTo(105);
        assertThat(summary.base()).isEqualTo(100);
    }

    @Test
    void entrySaysWhatTheRecordIs() {
        builder.add(true, key(9), 3, 128, 40, 101);
        builder.addExpiring(key(8), 2, 4096, 300, 102, 5);
        SortedEntries entries = builder.sort();
        int tombstone = entries.high(0) == key(9).high() ? 0 : 1;
        assertThat(HintEntry.isTombstone(entries.second(tombstone))).isTrue();
        assertThat(HintEntry.expires(entries.second(tombstone))).isFalse();
        assertThat(HintEntry.bucket(entries.third(tombstone))).isEqualTo(3);
        assertThat(HintEntry.offset(entries.third(tombstone))).isEqualTo(128);
        int expiring = 1 - tombstone;
        assertThat(HintEntry.isTombstone(entries.second(expiring))).isFalse();
        assertThat(HintEntry.expires(entries.second(expiring))).isTrue();
        assertThat(HintEntry.sizeClass(entries.second(expiring))).isEqualTo(SizeClass.of(300));
        assertThat(HintEntry.low(entries.second(expiring))).isEqualTo(8);
    }

    @Test
    void manyRecordsLeaveTheLastOfEachKey() {
        for (int i = 0; i < 10_000; i++) {
            builder.add(false, key(i % 3000), 0, 64 + 8 * i, 40, 101 + i);
        }
        SortedEntries entries = builder.sort();
        assertThat(entries.count()).isEqualTo(3000);
        for (int i = 0; i < 3000; i++) {
            assertThat(HintEntry.offset(entries.third(i))).isGreaterThanOrEqualTo(64 + 8 * 7000);
        }
    }

    @Test
    void lastSequenceIsTheHighestInWhateverOrder() {
        for (long sequence : new long[] {105, 300, 7}) {
            builder.add(false, key(1), 0, 64, 40, sequence);
        }
        assertThat(builder.build(96, 0).lastSequence()).isEqualTo(300);
    }

    @Test
    void eventsKeepTheirOrderAndASummaryDoesNotChangeAnyMore() {
        builder.addEvent(false, 3, "b", 29, 101);
        builder.addEvent(true, 3, "b", 29, 102);
        SegmentSummary summary = builder.build(200, 8);
        builder.addEvent(false, 4, "b", 29, 103);
        assertThat(summary.events()).containsExactly(new BucketEvent(false, 3, "b"), new BucketEvent(true, 3, "b"));
    }

    /** Times that are kept are thinned out evenly, however many there are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 4096, 4097, 8193, 100_000})
    void profileOfManyExpiriesIsThatOfAll(int count) {
        for (int i = 1; i <= count; i++) {
            builder.addExpiring(key(i), 0, 64 + 8 * i, 40, 100 + i, 1000L * i);
        }
        ExpiryProfile expiry = builder.build(1 << 20, 8).figures().expiry();
        assertThat(expiry.bytes()).isEqualTo(count * bound(40));
        assertThat(expiry.expiredShare(999)).isZero();
        for (int tenth = 1; tenth <= 10; tenth++) {
            int expired = count * tenth / 10;
            double share = (double) expired / count;
            assertThat(expiry.expiredShare(1000L * expired))
                    .as("after %d", expired)
                    .isBetween(share - 1.0 / ExpiryProfile.QUANTILES - 0.001, share + 0.001);
        }
    }
}
