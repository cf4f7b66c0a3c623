package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.testing.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentStateTest {
    /** A record with a value of this length has the size of its class, so that estimates are exact. */
    private static final int VALUE_LENGTH = 64 - RecordLayout.HEADER_SIZE - RecordLayout.EXPIRY_SIZE - 1;

    private static final long SIZE = 64;

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, new StoreFileLayout(new UUID(1, 2), 3, 4, 0), 0);

    private Segment segment(int number, long base, boolean merged) throws IOException {
        Segment made = files.create(number, number, 4096);
        int kind = merged ? SegmentHeader.KIND_MERGED : SegmentHeader.KIND_LOG;
        Segment segment = files.open(new SegmentHeader(kind, number, 0), number, made.end(), 4096);
        segment.setBase(base);
        return segment;
    }

    private static void append(Segment segment, int kind, int valueLength, long expiryMillis) throws IOException {
        RecordBuffer record = new RecordBuffer().encode(kind, Bytes.of("k"), new byte[valueLength], expiryMillis);
        segment.reserve(segment.end() + record.size());
        segment.append(record, 1, 0, 0);
    }

    private static SegmentState state(Segment segment) {
        return SegmentState.of(segment, false, 1000);
    }

    @Test
    void segmentsCountByBaseThenMergedOnesFirstThenByNumber() throws IOException {
        List<SegmentState> states = new ArrayList<>();
        states.add(state(segment(8, 10, false)));
        states.add(state(segment(9, 20, true)));
        states.add(state(segment(12, 20, true)));
        states.add(state(segment(3, 20, false)));
        states.add(state(segment(7, 20, false)));
        states.add(state(segment(1, 21, true)));
        states.add(state(segment(2, Long.MAX_VALUE, false)));
        List<SegmentState> expected = List.copyOf(states);
        Collections.shuffle(states, new Random(1));
        states.sort(SegmentState.ORDER);
        assertThat(states).isEqualTo(expected);
    }

    @Test
    void emptySegmentIsAllDeadAndHasNothing() throws IOException {
        SegmentState state = state(segment(1, 0, false));
        assertThat(state.allDead()).isTrue();
        assertThat(state.expires()).isFalse();
        assertThat(List.of(
                        state.logBytes(),
                        state.liveBytes(),
                        state.unexpiredBytes(),
                        state.tombstoneBytes(),
                        state.deadPuts()))
                .containsOnly(0L);
    }

    @Test
    void currentDeadAndDeletedRecordsAreToldApart() throws IOException {
        Segment segment = segment(1, 0, false);
        int tombstone = VALUE_LENGTH + RecordLayout.EXPIRY_SIZE;
        for (int i = 0; i < 6; i++) {
            append(segment, RecordLayout.KIND_PUT, tombstone, RecordBuffer.NO_EXPIRY);
            segment.content().addLive(SIZE);
        }
        append(segment, RecordLayout.KIND_TOMBSTONE, tombstone, RecordBuffer.NO_EXPIRY);
        append(segment, RecordLayout.KIND_BUCKET, tombstone, RecordBuffer.NO_EXPIRY);
        segment.content().removeLive(SIZE);
        segment.content().removeLive(SIZE);
        SegmentState state = state(segment);
        assertThat(state.logBytes()).isEqualTo(8 * SIZE);
        assertThat(state.liveBytes()).isEqualTo(state.unexpiredBytes()).isEqualTo(4 * SIZE);
        assertThat(state.tombstoneBytes()).isEqualTo(SIZE);
        assertThat(state.deadPuts()).isEqualTo(2);
        assertThat(state.allDead()).isFalse();
        IntStream.range(0, 4).forEach(i -> segment.content().removeLive(SIZE));
        assertThat(state(segment).allDead()).isTrue();
        assertThat(state(segment).deadPuts()).isEqualTo(6);
    }

    @Test
    void whatHasExpiredIsKnownOnceThereIsAProfile() throws IOException {
        Segment segment = segment(1, 0, false);
        for (int i = 1; i <= 16; i++) {
            append(segment, RecordLayout.KIND_PUT, VALUE_LENGTH, 100L * i);
            segment.content().addLive(SIZE);
        }
        assertThat(state(segment).expires()).isTrue();
        assertThat(state(segment).unexpiredBytes()).isEqualTo(16 * SIZE);
        long[] times = IntStream.rangeClosed(1, 16).mapToLong(i -> 100L * i).toArray();
        segment.markHinted(ExpiryProfile.of(16 * SIZE, times, 16));
        assertThat(SegmentState.of(segment, false, 99).unexpiredBytes()).isEqualTo(16 * SIZE);
        assertThat(SegmentState.of(segment, false, 400).unexpiredBytes()).isEqualTo(12 * SIZE);
        assertThat(SegmentState.of(segment, false, 1600).unexpiredBytes()).isZero();
        assertThat(SegmentState.of(segment, false, 1600).liveBytes())
                .as("the index names them still")
                .isEqualTo(16 * SIZE);
    }

    @Test
    void figuresOfRecoveryAreThoseOfTheAppends() throws IOException {
        Segment written = segment(1, 0, false);
        for (int i = 0; i < 4; i++) {
            append(written, RecordLayout.KIND_PUT, VALUE_LENGTH, 500);
            written.content().addLive(SIZE);
        }
        append(written, RecordLayout.KIND_TOMBSTONE, VALUE_LENGTH + RecordLayout.EXPIRY_SIZE, RecordBuffer.NO_EXPIRY);
        written.content().removeLive(SIZE);
        ExpiryProfile expiry = ExpiryProfile.of(4 * SIZE, new long[] {500}, 1);
        written.markHinted(expiry);
        Segment recovered = files.open(written.header(), 2, written.end(), written.end());
        recovered.restore(new SegmentFigures(5, 4, 5 * SIZE, SIZE, expiry), 3, 3 * SIZE);
        for (long now : new long[] {499, 500}) {
            SegmentState before = SegmentState.of(written, false, now);
            SegmentState after = SegmentState.of(recovered, false, now);
            assertThat(after)
                    .usingRecursiveComparison()
                    .ignoringFields("segment", "diskBytes")
                    .isEqualTo(before);
        }
        assertThat(SizeClass.bound(SizeClass.of(SIZE))).isEqualTo(SIZE);
    }
}
