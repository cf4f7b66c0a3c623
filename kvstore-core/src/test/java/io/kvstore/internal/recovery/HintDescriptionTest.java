package io.kvstore.internal.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.log.ExpiryProfile;
import io.kvstore.internal.log.SegmentFigures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintDescriptionTest {
    private static final long[] QUANTILES = new long[ExpiryProfile.QUANTILES];

    static {
        Arrays.setAll(QUANTILES, i -> 100L * i);
    }

    private static final SegmentFigures FIGURES =
            new SegmentFigures(10, 9, 1L << 33, 1L << 34, new ExpiryProfile(1L << 35, QUANTILES));

    private static HintDescription description(int kind, List<BucketEvent> events, long... firsts) {
        return new HintDescription(
                new SegmentSummary(new SegmentHeader(kind, 12, -7), 4096, 13, 1L << 40, FIGURES, events), firsts);
    }

    private static void requireRoundTrip(HintDescription description, int entries) {
        byte[] encoded = description.encode();
        HintLayout.Head head = new HintLayout.Head(12, -7, 4096, encoded.length, entries, 0, 0);
        HintDescription decoded = HintDescription.decode(encoded, head);
        assertThat(MadeUpSegment.said(decoded.summary())).isEqualTo(MadeUpSegment.said(description.summary()));
        assertThat(decoded.firsts()).isEqualTo(description.firsts());
    }

    @Test
    void decodesWhatWasEncoded() {
        requireRoundTrip(description(SegmentHeader.KIND_MERGED, List.of()), 0);
        requireRoundTrip(
                description(
                        SegmentHeader.KIND_LOG,
                        List.of(
                                new BucketEvent(false, 1, "é"),
                                new BucketEvent(true, Integer.MAX_VALUE, "x".repeat(255)),
                                new BucketEvent(false, 2, "b")),
                        0,
                        Long.MAX_VALUE,
                        -1),
                341);
    }

    @Test
    void fieldsStandWhereTheFormatSays() {
        List<BucketEvent> events = List.of(new BucketEvent(true, 0x0102_0304, "é"));
        byte[] encoded = description(SegmentHeader.KIND_LOG, events, 5, -1).encode();
        ByteBuffer fields = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(fields.getInt()).as("kind").isEqualTo(1);
        assertThat(fields.getInt()).as("next segment").isEqualTo(13);
        assertThat(fields.getLong()).as("highest sequence number").isEqualTo(1L << 40);
        assertThat(fields.getLong()).as("records").isEqualTo(10);
        assertThat(fields.getLong()).as("puts").isEqualTo(9);
        assertThat(fields.getLong()).as("all").isEqualTo(1L << 33);
        assertThat(fields.getLong()).as("tombstones").isEqualTo(1L << 34);
        assertThat(fields.getLong()).as("expiring").isEqualTo(1L << 35);
        for (long quantile : QUANTILES) {
            assertThat(fields.getLong()).as("quantile").isEqualTo(quantile);
        }
        assertThat(fields.getInt()).as("bucket records").isOne();
        assertThat(fields.get()).as("dropped").isOne();
        assertThat(fields.getInt()).as("bucket id").isEqualTo(0x0102_0304);
        assertThat(fields.get()).as("length of the name").isEqualTo((byte) 2);
        assertThat(new String(encoded, fields.position(), 2, UTF_8)).isEqualTo("é");
        fields.position(fields.position() + 2);
        assertThat(fields.getLong()).as("first hash").isEqualTo(5);
        assertThat(fields.getLong()).as("first hash").isEqualTo(-1);
        assertThat(fields.remaining()).isZero();
    }
}
