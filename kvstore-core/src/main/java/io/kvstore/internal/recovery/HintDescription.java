package io.kvstore.internal.recovery;

import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.log.ExpiryProfile;
import io.kvstore.internal.log.SegmentFigures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a hint file between head and filter: the summary of the segment, and the first hash of each block.
 *
 * <pre>
 *   u32 kind of segment, u32 number of the next segment
 *   u64 highest sequence number, u64 records, u64 puts
 *   u64 appended, u64 tombstones, u64 expiring: sums of the bounds of size classes
 *   16 u64 quantiles of expiry
 *   u32 number of events; each: u8 1 if dropped, u32 bucket id, u8 length of the name, name
 *   u64 first hash, one for each block
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HintDescription(SegmentSummary summary, long[] firsts) {
    private static final int FIXED = 8 + 6 * 8 + ExpiryProfile.QUANTILES * 8 + 4;
    private static final int EVENT = 6;

    byte[] encode() {
        List<byte[]> names = new ArrayList<>();
        int size = FIXED + 8 * firsts.length;
        for (BucketEvent event : summary.events()) {
            byte[] name = BucketNames.encodeChecked(event.name());
            names.add(name);
            size += EVENT + name.length;
        }
        SegmentFigures figures = summary.figures();
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(summary.header().kind()).putInt(summary.next());
        bytes.putLong(summary.lastSequence()).putLong(figures.records()).putLong(figures.puts());
        bytes.putLong(figures.appendedEstimate()).putLong(figures.tombstoneEstimate());
        bytes.putLong(figures.expiry().bytes());
        for (long quantile : figures.expiry().quantiles()) {
            bytes.putLong(quantile);
        }
        bytes.putInt(names.size());
        for (int i = 0; i < names.size(); i++) {
            BucketEvent event = summary.events().get(i);
            bytes.put((byte) (event.dropped() ? 1 : 0)).putInt(event.id());
            bytes.put((byte) names.get(i).length).put(names.get(i));
        }
        for (long first : firsts) {
            bytes.putLong(first);
        }
        return bytes.array();
    }

    /**
     * Reads what {@link #encode} has written. Takes no memory for what is not there, whatever the bytes say.
     *
     * @return null if no version has written it, though its checksum was right
     */
    static @Nullable HintDescription decode(byte[] encoded, HintLayout.Head head) {
        if (encoded.length < FIXED) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        SegmentHeader header = new SegmentHeader(bytes.getInt(), head.segment(), head.nonce());
        int next = bytes.getInt();
        long lastSequence = bytes.getLong();
        long records = bytes.getLong();
        long puts = bytes.getLong();
        long appended = bytes.getLong();
        long tombstones = bytes.getLong();
        long expiring = bytes.getLong();
        long[] quantiles = longs(bytes, ExpiryProfile.QUANTILES);
        List<BucketEvent> events = events(encoded, bytes);
        boolean counts = puts >= 0 && puts <= records && appended >= 0 && tombstones >= 0 && expiring >= 0;
        if (events == null || !counts || bytes.remaining() != 8L * head.blocks()) {
            return null;
        }
        SegmentFigures figures =
                new SegmentFigures(records, puts, appended, tombstones, new ExpiryProfile(expiring, quantiles));
        return new HintDescription(
                new SegmentSummary(header, head.end(), next, lastSequence, figures, events),
                longs(bytes, head.blocks()));
    }

    private static @Nullable List<BucketEvent> events(byte[] encoded, ByteBuffer bytes) {
        List<BucketEvent> events = new ArrayList<>();
        for (int i = bytes.getInt(); i != 0; i--) {
            if (bytes.remaining() < EVENT) {
                return null;
            }
            boolean dropped = bytes.get() != 0;
            int id = bytes.getInt();
            int length = bytes.get() & 0xFF;
            String name = bytes.remaining() < length ? null : BucketNames.decode(encoded, bytes.position(), length);
            if (name == null) {
                return null;
            }
            bytes.position(bytes.position() + length);
            events.add(new BucketEvent(dropped, id, name));
        }
        return events;
    }

    private static long[] longs(ByteBuffer bytes, int count) {
        long[] longs = new long[count];
        for (int i = 0; i < count; i++) {
            longs[i] = bytes.getLong();
        }
        return longs;
    }
}
